import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import {
  observe,
  propagateAttributes,
  setTracerProvider,
  startActiveObservation,
  startObservation,
  updateActiveTrace,
} from '@powerrag/tracing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RecordingSink, startRecordingSink } from '../e2e/recording-sink.js';

/** Both published packages in one program: what `@powerrag/tracing` says reaches the wire through `@powerrag/exporter`. */
let sink: RecordingSink;
let processor: PowerRAGSpanProcessor;

beforeEach(async () => {
  sink = await startRecordingSink();
  processor = new PowerRAGSpanProcessor({ baseUrl: sink.url, flushIntervalMs: 60_000, exitHooks: false });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  setTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
});

afterEach(async () => {
  setTracerProvider(null);
  context.disable();
  await processor.shutdown();
  await sink.close();
});

/** The session of each span that arrived, by the span's name. */
async function sessions(): Promise<Record<string, unknown>> {
  await processor.forceFlush();
  return Object.fromEntries(sink.spans.map(({ name, attributes }) => [name, attributes['session.id']]));
}

const step = (name: string) => startObservation(name).end();
const sessionId = 's';

describe('a session id reaches every observation of its trace', () => {
  it.each<[string, () => unknown]>([
    [
      'set before its children start',
      () =>
        startActiveObservation('root', () => {
          updateActiveTrace({ sessionId });
          step('a');
          step('b');
        }),
    ],
    [
      'set between its children',
      () =>
        startActiveObservation('root', () => {
          step('a');
          updateActiveTrace({ sessionId });
          step('b');
        }),
    ],
    [
      'set after its children have ended',
      () =>
        startActiveObservation('root', (root) => {
          step('a');
          step('b');
          root.updateTrace({ sessionId });
        }),
    ],
    [
      'set on a grandchild, by a sibling after an await',
      () =>
        startActiveObservation('root', async () => {
          await startActiveObservation('a', async () => step('a1'));
          await Promise.resolve();
          await startActiveObservation('b', () => startObservation('b1').updateTrace({ sessionId }).end());
        }),
    ],
    [
      'set in a finally, as the call fails',
      () =>
        observe(
          async () => {
            try {
              step('a');
              throw new Error('x');
            } finally {
              updateActiveTrace({ sessionId });
            }
          },
          { name: 'root' },
        )().catch(() => {}),
    ],
    [
      'set after the root has ended, on a child that is still open',
      () => {
        const root = startObservation('root');
        const child = root.startObservation('a');
        root.startObservation('b').end();
        root.end();
        child.updateTrace({ sessionId }).end();
      },
    ],
    [
      'set by a scope around a part of it',
      () =>
        startActiveObservation('root', () => {
          step('a');
          propagateAttributes({ sessionId }, () => step('b'));
          step('c');
        }),
    ],
  ])('%s', async (_when, program) => {
    await program();
    const received = await sessions();
    expect(Object.keys(received).length).toBeGreaterThan(1);
    expect([...new Set(Object.values(received))]).toEqual([sessionId]);
  });
});

describe('two session ids in one trace', () => {
  it('stay where they were set, and the later one is on the rest, whatever was updated since', async () => {
    startActiveObservation('root', (root) => {
      const first = root.startObservation('first').updateTrace({ sessionId: 'earlier' });
      const second = root.startObservation('second').updateTrace({ sessionId: 'later' });
      first.updateTrace({ userId: 'u' });
      second.end();
      first.end();
      step('other');
    });
    expect(await sessions()).toEqual({ root: 'later', first: 'earlier', second: 'later', other: 'later' });
    for (const { attributes } of sink.spans) expect(attributes['user.id']).toBe('u');
  });

  it('of which the outer scope’s is older than an update, leave the update standing in an inner scope', async () => {
    startActiveObservation('root', (root) => {
      propagateAttributes({ sessionId: 'scope' }, () => {
        root.updateTrace({ sessionId: 'update' });
        propagateAttributes({ userId: 'u' }, () => step('inside'));
      });
      step('outside');
    });
    expect(await sessions()).toMatchObject({ root: 'update', outside: 'update' });
  });
});

it('100 conversations at once never mix', async () => {
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      startActiveObservation(`root ${index}`, async () => {
        await new Promise((resolve) => setTimeout(resolve, index % 11));
        step(`early ${index}`);
        await startActiveObservation(`child ${index}`, async () => {
          await new Promise((resolve) => setTimeout(resolve, index % 7));
          updateActiveTrace({ sessionId: `session ${index}` });
        });
      }),
    ),
  );
  const received = Object.entries(await sessions());
  expect(received).toHaveLength(300);
  for (const [name, session] of received) expect(session).toBe(`session ${name.split(' ')[1]}`);
});
