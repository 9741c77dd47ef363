import type { MessagePart, SessionExport } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observation, replayDocument, turn } from '../../testing/replay-document.js';
import { curlCommand } from './curl.js';
import { toOfflineFile } from './offline-file.js';
import { toMarkdown } from './to-markdown.js';

const said = (...parts: MessagePart[]): SessionExport => ({
  format: 'powerrag.session',
  version: 1,
  exportedAtMs: 0,
  replay: replayDocument(
    [observation({ id: 'a', startMs: 0, type: 'tool', level: 'ERROR', statusMessage: 'no `x`' })],
    {
      turns: [
        turn({ startMs: 0, steps: ['a'], messages: [{ role: 'assistant', parts, atMs: 1, observationId: 'a' }] }),
      ],
    },
  ),
  observations: [],
});
const text = (words: string): string => toMarkdown(said({ type: 'text', text: words }));

describe('a session as Markdown', () => {
  it('says what an error says in words', () => {
    const failed = { statusMessage: '{"error":{"message":"no `x`"}}', statusReason: 'no x' };
    const session = said();
    const observations = session.replay.observations.map((each) => ({ ...each, ...failed }));
    expect(toMarkdown({ ...session, replay: { ...session.replay, observations } })).toContain('failed: `no x`');
  });

  it('quotes what was said, line by line', () => {
    expect(text('# One\n\n- two')).toContain('**Assistant**\n\n> # One\n>\n> - two\n');
  });

  it.each(['<img src=x onerror=ran()>', '![p](http://evil.example/p.png)', '![r]\n\n[r]: http://evil.example'])(
    'keeps %j as text that loads nothing',
    (hostile) => expect(text(hostile)).toContain(`\`\`\`text\n${hostile}\n\`\`\``),
  );

  it('cannot be broken out of by fences', () => {
    expect(text('````\n<b>')).toContain('`````text\n````\n<b>\n`````');
  });

  it('has tool calls with their arguments, and steps that failed with why', () => {
    const markdown = toMarkdown(said({ type: 'tool_call', id: null, name: 'find', arguments: { q: 1 } }));
    expect(markdown).toContain('Calls `find`:\n\n```json\n{\n  "q": 1\n}\n```');
    expect(markdown).toContain('- tool `a`, 100 ms, failed: `` no `x` ``');
  });
});

describe('the curl command', () => {
  it.each([
    ['chat:42', `'http://h/api/v1/sessions/chat%3A42/export'`],
    ["it's $(x)", `'http://h/api/v1/sessions/it'\\''s%20%24(x)/export'`],
    ['a/b', `'http://h/api/v1/session/export?id=a%2Fb'`],
  ])('for %j is one word of the shell', (id, word) => {
    expect(curlCommand('http://h', id)).toBe(`curl --fail --output session.json ${word}`);
  });
});

describe('the offline file', () => {
  const player = '<p><script type="application/json" id="session"></script><script>run()</script>';

  it('has the session where the player reads it, and nothing in it can end the element', () => {
    const session = JSON.stringify({ text: '</script><script>ran()</script><!--' });
    const file = toOfflineFile(player, session).join('');
    const inside = /id="session">(.*?)<\/script>/.exec(file)?.[1] ?? '';
    expect(JSON.parse(inside)).toEqual(JSON.parse(session));
    expect(inside).not.toContain('<');
    expect(file.endsWith('</script><script>run()</script>')).toBe(true);
  });

  it('is not made from a page that is not a player', () => {
    expect(() => toOfflineFile('<p>', '{}')).toThrow('build the page again');
  });
});
