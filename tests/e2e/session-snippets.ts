import { expect } from 'vitest';
import { getJson } from '../support/http.js';

const EXPECTED_INPUT = { query: 'What is the capital of France?' };
const EXPECTED = {
  'context-manager': { input: EXPECTED_INPUT },
  'observe-wrapper': { input: 'API', output: { data: 'some data from API' } },
  'manual-observation': { input: EXPECTED_INPUT, output: 'Paris' },
};

export const SNIPPET_NAMES = ['context-manager', 'observe-wrapper', 'manual-observation'] as const;

interface Trace {
  readonly id: string;
  readonly name: string;
  readonly sessionId: string | null;
}

interface Observation {
  readonly name: string;
  readonly input: unknown;
  readonly output: unknown;
}

/** Holds what a server shows to what the documented snippet of that name sends. */
export async function expectSnippet(serverUrl: string, name: (typeof SNIPPET_NAMES)[number]): Promise<void> {
  const { data } = await getJson<{ data: Trace[] }>(`${serverUrl}/api/public/traces?sessionId=session-123`);
  const ofSnippet = data.filter((trace) => trace.name === name);
  expect(ofSnippet).toEqual([expect.objectContaining({ name, sessionId: 'session-123' })]);
  const trace = await getJson<{ observations: Observation[] }>(`${serverUrl}/api/public/traces/${ofSnippet[0]?.id}`);
  expect(trace.observations).toEqual([expect.objectContaining({ name, ...EXPECTED[name] })]);
}
