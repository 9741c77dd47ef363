import { describe, expect, it, vi } from 'vitest';
import {
  configureTracing,
  createObservationAttributes,
  createTraceAttributes,
  propagateAttributes,
  startActiveObservation,
  startObservation,
  updateActiveTrace,
} from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
const conversationOf = (name: string) => spans.named(name).attributes['gen_ai.conversation.id'];

/** The attributes by the GenAI conventions among these. */
const genAi = (attributes: object) =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => key.startsWith('gen_ai.')));

describe('the GenAI attributes', () => {
  it('are not written unless they are asked for, and no longer when they are not', () => {
    const generation = () => genAi(createObservationAttributes('generation', { model: 'm' }));
    expect(generation()).toEqual({});
    configureTracing({ genAiAttributes: true });
    expect(generation()).not.toEqual({});
    configureTracing({ genAiAttributes: false });
    expect(generation()).toEqual({});
  });

  it('say operation, model and token counts, the details counted in', () => {
    configureTracing({ genAiAttributes: true });
    const usageDetails = { prompt_tokens: 10, completion_tokens: 8, prompt_tokens_details: { cached_tokens: 4 } };
    expect(genAi(createObservationAttributes('generation', { model: 'gpt-4o', usageDetails }))).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 8,
    });
  });

  it('write token counts by kind in place of a provider’s usage object, as for a Langfuse server', () => {
    const usageDetails = { input_tokens: 10, cache_read_input_tokens: 4, output_tokens: 8, service_tier: 'standard' };
    let calls = 0;
    const usage = () => {
      const name = `call ${++calls}`;
      startObservation(name, { usageDetails }, { asType: 'generation' }).end();
      return spans.named(name).attributes['langfuse.observation.usage_details'];
    };
    expect(JSON.parse(String(usage()))).toEqual(usageDetails);
    const byKind = { input: 10, input_cached_tokens: 4, output: 8 };
    for (const options of [{ genAiAttributes: true }, { genAiAttributes: false, scopeName: 'langfuse-sdk' }]) {
      configureTracing(options);
      expect(JSON.parse(String(usage()))).toEqual(byKind);
    }
  });

  it.each([
    [
      'Anthropic',
      { input_tokens: 10, cache_creation_input_tokens: 1733, cache_read_input_tokens: 512, output_tokens: 5 },
      2260,
    ],
    [
      'the AI SDK',
      { inputTokens: 100, inputTokenDetails: { cacheReadTokens: 85 }, outputTokens: 50, raw: { total_tokens: 150 } },
      150,
    ],
  ])('are not needed for the counts of %s to be by kind on a span of other code', (_whose, usageDetails, total) => {
    const attributes = createObservationAttributes('generation', { usageDetails });
    const usage: Record<string, number> = JSON.parse(String(attributes['langfuse.observation.usage_details']));
    const { total: _total, ...kinds } = usage;
    expect(Object.values(kinds).reduce((sum, count) => sum + count, 0)).toBe(total);
  });

  it.each([
    ['embedding', 'embeddings'],
    ['agent', 'invoke_agent'],
    ['tool', 'execute_tool'],
    ['retriever', 'retrieval'],
    ['span', undefined],
  ] as const)('call a %s %s', (type, operation) => {
    configureTracing({ genAiAttributes: true });
    expect(createObservationAttributes(type, {})['gen_ai.operation.name']).toBe(operation);
  });

  it('have the session id as conversation id: on the trace, in a scope, and on observations that start with it', () => {
    configureTracing({ genAiAttributes: true });
    expect(createTraceAttributes({ sessionId: 's' })).toEqual({ 'session.id': 's', 'gen_ai.conversation.id': 's' });
    startActiveObservation('updated', () => updateActiveTrace({ sessionId: 'late' }));
    startActiveObservation('active', () => {
      propagateAttributes({ sessionId: 'scoped' }, () => startObservation('inside').end());
    });
    expect(['updated', 'active', 'inside'].map(conversationOf)).toEqual(['late', 'scoped', 'scoped']);
  });

  it('leave attributes that throw when they are read to a warning, not to the application', () => {
    configureTracing({ genAiAttributes: true });
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const hostile = {
      get model(): string {
        throw new Error('no');
      },
    };
    startObservation('hostile', hostile, { asType: 'generation' }).end();
    expect(spans.named('hostile').ended).toBe(true);
    expect(warn.mock.calls).toEqual([['PowerRAG: attributes could not be read [threw: no].']]);
    warn.mockRestore();
  });
});
