import { describe, expect, it } from 'vitest';
import * as tracing from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

describe('code written for @langfuse/tracing', () => {
  it('finds the wire keys under Langfuse’s names', () => {
    expect(tracing.LangfuseOtelSpanAttributes).toMatchObject({
      TRACE_NAME: 'langfuse.trace.name',
      TRACE_USER_ID: 'user.id',
      TRACE_SESSION_ID: 'session.id',
      TRACE_COMPAT_SESSION_ID: 'langfuse.session.id',
      OBSERVATION_STATUS_MESSAGE: 'langfuse.observation.status_message',
      OBSERVATION_COMPLETION_START_TIME: 'langfuse.observation.completion_start_time',
      IS_APP_ROOT: 'langfuse.internal.is_app_root',
      EXPERIMENT_ITEM_ROOT_OBSERVATION_ID: 'langfuse.experiment.item.root_observation_id',
    });
  });

  it('can test an observation with instanceof', () => {
    const generation = tracing.startObservation('g', {}, { asType: 'generation' });
    expect(generation instanceof tracing.LangfuseGeneration).toBe(true);
    expect(generation instanceof tracing.LangfuseSpan).toBe(false);
    expect(generation instanceof tracing.Observation).toBe(true);
  });

  it('can wrap its own span in a class', () => {
    const otelSpan = tracing.getLangfuseTracer().startSpan('mine');
    new tracing.LangfuseTool({ otelSpan, attributes: { input: 'x' } }).update({ output: 'y' }).end();
    expect(spans.named('mine').attributes).toEqual({
      [tracing.LangfuseOtelSpanAttributes.OBSERVATION_TYPE]: 'tool',
      [tracing.LangfuseOtelSpanAttributes.OBSERVATION_INPUT]: 'x',
      [tracing.LangfuseOtelSpanAttributes.OBSERVATION_OUTPUT]: 'y',
    });
  });
});
