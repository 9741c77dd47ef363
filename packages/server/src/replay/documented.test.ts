import { describe, expect, it } from 'vitest';
import { normalise } from '../normalise/index.js';
import { spanWith } from '../normalise/testing.js';
import { AGENT_SAMPLES } from '../testing/documented/agents.js';
import { FRAMEWORK_SAMPLES } from '../testing/documented/frameworks.js';
import { OBSERVER_SAMPLES } from '../testing/documented/observers.js';
import { ODD_SAMPLES } from '../testing/documented/odd.js';
import type { Sample } from '../testing/documented/sample.js';
import { shownIn, stored, words } from '../testing/shown.js';

const SAMPLES = [...AGENT_SAMPLES, ...FRAMEWORK_SAMPLES, ...OBSERVER_SAMPLES, ...ODD_SAMPLES];

const traceOf = (index: number) => index.toString(16).padStart(32, '0');

async function shown({ scope = '', name = 'call', attributes, events = [] }: Sample, index: number) {
  const span = spanWith(attributes, {
    traceId: traceOf(index + 1),
    name,
    scope: { name: scope, version: '', attributes: new Map() },
    events: events.map(([event, said], at) => ({
      name: event,
      timeUnixNano: 1_777_888_800_000_000_000n + BigInt(at),
      attributes: new Map(Object.entries(said)),
    })),
  });
  const read = normalise(span);
  const own = read.trace.sessionId;
  const [document] = await shownIn(await stored([[{ ...read, trace: { ...read.trace, sessionId: own ?? '(none)' } }]]));
  const by = (role: string, messages: Parameters<typeof words>[0][]) =>
    messages
      .filter((message) => message.role === role)
      .map(words)
      .join(' / ');
  return {
    session: own,
    user: read.trace.userId,
    tags: read.trace.tags,
    type: read.type,
    name: read.name,
    model: read.model,
    provider: read.provider,
    prompt: read.prompt,
    tokens: read.usage.total,
    kinds: Object.keys(read.usage)
      .filter((kind) => kind !== 'total')
      .sort(),
    cost: read.cost.total,
    firstToken: read.firstTokenMs === null ? null : Math.round(read.firstTokenMs - read.startMs),
    input: read.body.input,
    output: read.body.output,
    turns: document?.turns.map(({ messages }) => `${by('user', [...messages])} → ${by('assistant', [...messages])}`),
  };
}

describe('what a client sends by its documentation', () => {
  it.each(SAMPLES.map((sample, index) => [sample.client, sample, index] as const))(
    'is understood: %s',
    async (_client, sample, index) => {
      expect(await shown(sample, index)).toMatchObject(sample.shows);
    },
  );
});
