import { SpanAttributeKeys as Keys, observe, startObservation } from '@powerrag/tracing';
import type { Checks } from './contract.js';
import { same, tree } from './recorded.js';

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function readWeb(stream: ReadableStream<string>): Promise<string[]> {
  const chunks: string[] = [];
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) chunks.push(step.value);
  return chunks;
}

/** A web stream of two chunks, which starts an observation for each. */
function twoChunks(): ReadableStream<string> {
  const chunks = ['Par', 'is'];
  return new ReadableStream<string>(
    {
      async pull(controller) {
        await later();
        startObservation(`pull ${chunks.length}`).end();
        const chunk = chunks.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
}

export const observing: Checks = {
  'observe records a function’s arguments and result, and keeps its name and `this`': {
    run(recorded) {
      const counter = {
        step: 2,
        add: observe(function add(this: { step: number }, to: number, times: number) {
          return to + this.step * times;
        }),
      };
      same([counter.add(1, 3), counter.add.name, counter.add.length], [7, 'add', 2]);
      same(recorded.attribute('add', Keys.observationInput), '[1,3]');
      same(recorded.attribute('add', Keys.observationOutput), '7');
    },
  },
  'observe ends with a promise, and records what it gives': {
    async run(recorded) {
      const promise = observe(
        async (text: string) => {
          await later();
          return `${text}!`;
        },
        { name: 'ask' },
      )('Why');
      same(recorded.spans.length, 0);
      same(await promise, 'Why!');
      same(recorded.attribute('ask', Keys.observationOutput), 'Why!');
    },
  },
  'observe ends with a generator, read to its end or left early': {
    run(recorded) {
      const count = observe(function* count(to: number) {
        for (let n = 1; n <= to; n++) yield n;
      });
      same([...count(2)], [1, 2]);
      same(recorded.attribute('count', Keys.observationOutput), '[1,2]');
      for (const n of observe(count, { name: 'left' })(9)) if (n === 2) break;
      same(recorded.attribute('left', Keys.partial), 'returned');
    },
  },
  'observe ends with an async generator, and knows when its first piece came': {
    async run(recorded) {
      const say = observe(async function* say() {
        yield 'Par';
        await later();
        yield 'is';
      });
      same(await readAll(say()), ['Par', 'is']);
      same(recorded.attribute('say', Keys.observationOutput), 'Paris');
      same(typeof recorded.attribute('say', Keys.observationCompletionStartTime), 'string');
    },
  },
  'observe ends with a ReadableStream, read or cancelled': {
    async run(recorded) {
      const stream = observe(twoChunks, { name: 'read' })();
      same(recorded.spans.length, 0);
      same(await readWeb(stream), ['Par', 'is']);
      same(recorded.attribute('read', Keys.observationOutput), 'Paris');
      await observe(twoChunks, { name: 'cancelled' })().cancel('enough');
      same(recorded.attribute('cancelled', Keys.partial), 'cancelled');
    },
  },
  'observe ends with the body of a Response': {
    async run(recorded) {
      const respond = observe(
        async () =>
          new Response(twoChunks().pipeThrough(new TextEncoderStream()), { status: 201, headers: { 'x-model': 'm' } }),
        { name: 'respond' },
      );
      const response = await respond();
      same([response.status, response.headers.get('x-model'), response instanceof Response], [201, 'm', true]);
      same(recorded.spans.filter((span) => span.name === 'respond').length, 0);
      same(await response.text(), 'Paris');
      same(recorded.attribute('respond', Keys.observationOutput), 'Paris');
    },
  },
  'observe ends with a Response that holds a text': {
    async run(recorded) {
      const response = observe(() => new Response('Paris'), { name: 'respond' })();
      same(await response.text(), 'Paris');
      same(recorded.attribute('respond', Keys.observationOutput), 'Paris');
    },
  },
  'an error is recorded with its causes, and thrown on as it is': {
    async run(recorded) {
      const error = new Error('no answer', { cause: new RangeError('too long') });
      const failing = observe(
        async () => {
          await later();
          throw error;
        },
        { name: 'failing' },
      );
      same(await failing().then(undefined, (reason) => reason === error), true);
      const { status, events } = recorded.named('failing');
      same([status.code, status.message], [2, 'no answer']);
      same(recorded.attribute('failing', Keys.observationLevel), 'ERROR');
      same(
        events.map((event) => [event.name, event.attributes?.['exception.message']]),
        [['exception', 'no answer']],
      );
      const stack = String(events[0]?.attributes?.['exception.stacktrace']);
      same([stack.includes('no answer'), /Caused by:[\s\S]*too long/.test(stack)], [true, true]);
    },
  },
  'an abort is a warning, not an error': {
    async run(recorded) {
      const controller = new AbortController();
      const waiting = observe(
        (options: { signal: AbortSignal }) =>
          new Promise((_, reject) => {
            options.signal.addEventListener('abort', () => reject(options.signal.reason));
          }),
        { name: 'waiting', captureInput: false },
      );
      const outcome = waiting({ signal: controller.signal }).then(undefined, () => 'rejected');
      controller.abort();
      same(await outcome, 'rejected');
      same(recorded.attribute('waiting', Keys.observationLevel), 'WARNING');
      same(recorded.named('waiting').status.code, 0);
    },
  },
  'observed functions nest, also after an await': {
    needsAsyncContext: true,
    async run(recorded) {
      const inner = observe(async () => later(), { name: 'inner' });
      const middle = observe(async () => later().then(inner), { name: 'middle' });
      await observe(async () => Promise.all([middle(), inner()]), { name: 'outer' })();
      same(tree(recorded), ['inner < middle', 'inner < outer', 'middle < outer', 'outer']);
    },
  },
  'what a generator or a stream starts while it is read becomes its child': {
    needsAsyncContext: true,
    async run(recorded) {
      const generate = observe(async function* generate() {
        await later();
        startObservation('inside').end();
        yield 1;
      });
      await readAll(generate());
      await readWeb(observe(twoChunks, { name: 'stream' })());
      same(tree(recorded), ['generate', 'inside < generate', ...[0, 1, 2].map((n) => `pull ${n} < stream`), 'stream']);
    },
  },
};
