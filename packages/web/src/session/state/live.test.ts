import { expect, it } from 'vitest';
import { observation, replayDocument } from '../../testing/replay-document.js';
import { liveUntil } from './live.js';

const document = replayDocument([observation({ id: 'root', startMs: 0, endMs: 1_000 })]);
const { lastActivityMs } = document.session;

it('a session is live for two minutes after it was heard of last', () => {
  expect(liveUntil(document)).toBe(lastActivityMs + 120_000);
});

it('a session in which something runs is live until that is over', () => {
  const running = { ...document, traces: document.traces.map((trace) => ({ ...trace, running: true })) };
  expect(liveUntil(running)).toBe(Number.POSITIVE_INFINITY);
});

it('a session that a wrong clock dates tomorrow is not live until then', () => {
  const session = { ...document.session, lastActivityMs: lastActivityMs + 86_400_000 };
  expect(liveUntil({ ...document, session, asOfMs: lastActivityMs })).toBe(lastActivityMs + 120_000);
});
