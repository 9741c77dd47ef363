import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observe, startActiveObservation, startObservation, updateActiveTrace } from './index.js';
import { recordSpans } from './testing/recorded-spans.js';

const spans = recordSpans();

describe('the documented ways to set a session id', () => {
  it('sets it on the active observation of a callback', async () => {
    await startActiveObservation('context-manager', async (span) => {
      span.update({ input: { query: 'What is the capital of France?' } });
      updateActiveTrace({ sessionId: 'session-123' });
    });
    expect(spans.named('context-manager').attributes).toEqual({
      [SpanAttributeKeys.observationType]: 'span',
      [SpanAttributeKeys.observationInput]: '{"query":"What is the capital of France?"}',
      [SpanAttributeKeys.sessionId]: 'session-123',
    });
  });

  it('sets it inside an observed function', async () => {
    async function fetchData(source: string) {
      updateActiveTrace({ sessionId: 'session-123' });
      return { data: `some data from ${source}` };
    }
    const tracedFetchData = observe(fetchData, { name: 'observe-wrapper' });
    expect(await tracedFetchData('API')).toEqual({ data: 'some data from API' });
    expect(spans.named('observe-wrapper').attributes).toEqual({
      [SpanAttributeKeys.observationType]: 'span',
      [SpanAttributeKeys.observationInput]: 'API',
      [SpanAttributeKeys.observationOutput]: '{"data":"some data from API"}',
      [SpanAttributeKeys.sessionId]: 'session-123',
    });
  });

  it('sets it on an observation started by hand', () => {
    const span = startObservation('manual-observation', { input: { query: 'What is the capital of France?' } });
    span.updateTrace({ sessionId: 'session-123' });
    span.update({ output: 'Paris' }).end();
    expect(spans.named('manual-observation').attributes).toEqual({
      [SpanAttributeKeys.observationType]: 'span',
      [SpanAttributeKeys.observationInput]: '{"query":"What is the capital of France?"}',
      [SpanAttributeKeys.observationOutput]: 'Paris',
      [SpanAttributeKeys.sessionId]: 'session-123',
    });
  });
});
