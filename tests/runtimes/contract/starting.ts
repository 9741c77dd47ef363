import {
  createTraceId,
  SpanAttributeKeys as Keys,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from '@powerrag/tracing';
import type { Checks } from './contract.js';
import { same, tree } from './recorded.js';

const PARENT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

export const starting: Checks = {
  'startObservation makes a tree of parents that are named': {
    run(recorded) {
      const root = startObservation('root', {}, { asType: 'agent' });
      const child = root.startObservation('child', { model: 'm' }, { asType: 'generation' });
      child.startObservation('grandchild').end();
      child.end();
      root.startObservation('event', {}, { asType: 'event' });
      root.end();
      same(tree(recorded), ['child < root', 'event < root', 'grandchild < child', 'root']);
      same(new Set(recorded.spans.map((span) => span.spanContext().traceId)).size, 1);
    },
  },
  'an observation carries its type, input, output, model, usage and metadata': {
    run(recorded) {
      startObservation('ask', { input: { question: 'Why?' }, metadata: { plan: 'free' } }, { asType: 'generation' })
        .update({ output: 'Because.', model: 'm-1', usageDetails: { input: 7, output: 2 } })
        .end();
      same(recorded.named('ask').attributes, {
        [Keys.observationType]: 'generation',
        [Keys.observationInput]: '{"question":"Why?"}',
        [`${Keys.observationMetadata}.plan`]: 'free',
        [Keys.observationOutput]: 'Because.',
        [Keys.observationModel]: 'm-1',
        [Keys.observationUsageDetails]: '{"input":7,"output":2}',
      });
    },
  },
  'times that are given are kept, and an end before the start becomes the start': {
    run(recorded) {
      const startTime = new Date(1_764_000_000_000);
      startObservation('timed', {}, { startTime }).end(new Date(1_764_000_001_500));
      startObservation('early end', {}, { startTime }).end(new Date(1_763_999_999_000));
      same(recorded.named('timed').duration, [1, 500_000_000]);
      same(recorded.named('early end').endTime, [1_764_000_000, 0]);
      same(recorded.attribute('early end', Keys.endClampedMs), 1_000);
    },
  },
  'a parent in another process is taken over': {
    run(recorded) {
      startObservation('work', {}, { parentSpanContext: { ...PARENT, isRemote: true } }).end();
      const { parentSpanContext } = recorded.named('work');
      same([parentSpanContext?.traceId, parentSpanContext?.spanId], [PARENT.traceId, PARENT.spanId]);
    },
  },
  'an observation ends with the block of its `using` declaration': {
    async run(recorded) {
      {
        using _outer = startObservation('using');
        await using _inner = startObservation('await using');
        same(recorded.spans.length, 0);
      }
      same(tree(recorded), ['await using', 'using']);
    },
  },
  'startActiveObservation makes children of what starts in it, also after an await': {
    needsAsyncContext: true,
    async run(recorded) {
      await startActiveObservation('outer', async () => {
        startObservation('before').end();
        await new Promise((resolve) => setTimeout(resolve, 1));
        startObservation('after').end();
        updateActiveObservation({ output: 'done' });
      });
      same(tree(recorded), ['after < outer', 'before < outer', 'outer']);
      same(recorded.attribute('outer', Keys.observationOutput), 'done');
    },
  },
  'createTraceId gives the same id for the same seed, and random ones without': {
    async run() {
      same(await createTraceId('a session, naïvely 😀'), 'b4dbec946f274cbb4e3c8f82142e5391');
      const random = await Promise.all([createTraceId(), createTraceId()]);
      same(
        random.map((id) => /^[0-9a-f]{32}$/.test(id)),
        [true, true],
      );
      same(random[0] === random[1], false);
    },
  },
};
