import { describe, expect, it } from 'vitest';
import { readStackTrace, traceRuns } from './stack-trace.js';

const JAVASCRIPT = `TypeError: x is undefined
    at answer (/srv/app/chat.js:12:9)
    at run (/srv/app/node_modules/agent/run.js:4:1)
    at process.processTicks (node:internal/process/task_queues:95:5)`;

const PYTHON = `Traceback (most recent call last):
  File "/srv/app/chat.py", line 88, in answer
    return self.call(prompt)
  File "/usr/lib/python3.12/site-packages/openai/_client.py", line 571, in call
    raise self._error(response)
openai.RateLimitError: 429`;

const told = (text: string) =>
  readStackTrace(text)?.map(({ kind, isForeign }) => `${kind}${isForeign ? ', foreign' : ''}`);

describe('a stack trace', () => {
  it('of JavaScript is its message and its places, those of libraries marked', () => {
    expect(told(JAVASCRIPT)).toEqual(['message', 'frame', 'frame, foreign', 'frame, foreign']);
    expect(traceRuns(readStackTrace(JAVASCRIPT) ?? []).map((run) => run.length)).toEqual([2, 2]);
  });

  it('of Python has the source of each place below it, and its message at the end', () => {
    expect(told(PYTHON)).toEqual(['message', 'frame', 'source', 'frame, foreign', 'source, foreign', 'message']);
  });

  it.each([
    [
      'Java',
      'java.io.IOException: gone\n\tat com.shop.Chat.ask(Chat.java:9)\n\tat java.base/java.lang.Thread.run(Thread.java:1)',
    ],
    ['Go', 'panic: gone\n\nmain.ask()\n\t/srv/app/main.go:12 +0x1d\nmain.main()\n\t/srv/app/main.go:4 +0x2b'],
    ['Ruby', "chat.rb:3:in `ask': gone\n\tfrom chat.rb:9:in `run'"],
  ])('of %s is read', (_, text) => expect(readStackTrace(text)).not.toBeNull());

  it.each(['HTTP 503: upstream timed out', 'I am at home\nand at work', ''])('is not seen in %j', (text) =>
    expect(readStackTrace(text)).toBeNull(),
  );
});
