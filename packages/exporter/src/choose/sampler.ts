import { trace } from '@opentelemetry/api';
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base';
import { EXPORT_TRACE_STATE } from '@powerrag/protocol';
import { errorText } from '../base/error-text.js';
import { ignoreRejection } from '../base/ignore-rejection.js';
import type { Log } from '../report/log.js';

/** `SamplingDecision.RECORD_AND_SAMPLED`. A number, because the enum would have to be that of the provider's version. */
const RECORD_AND_SAMPLED = 2;
/** `SamplingDecision.NOT_RECORD`. */
const NOT_RECORD = 0;

/**
 * Records every trace, also where the parent is not sampled: a gateway, a browser or another tracing set-up that samples for a
 * purpose of its own says nothing about what is worth recording here. Only requests that carry spans are left out.
 */
export const recordAll: Sampler = {
  shouldSample(parent): SamplingResult {
    const { key, value } = EXPORT_TRACE_STATE;
    const isExport = trace.getSpanContext(parent)?.traceState?.get(key) === value;
    return { decision: isExport ? NOT_RECORD : RECORD_AND_SAMPLED };
  },
  toString: () => 'PowerRAGRecordAll',
};

/** Wraps the application's sampler: if it fails, the trace is recorded and the failure is logged. */
export function guarded(sampler: Sampler, log: Pick<Log, 'warn'>): Sampler {
  return {
    shouldSample(...decided): SamplingResult {
      try {
        const result: unknown = sampler.shouldSample(...decided);
        if (isSamplingResult(result)) return result;
        ignoreRejection(result);
        log.warn('the sampler did not return a sampling result, so the trace is recorded.');
      } catch (error) {
        log.warn(`the sampler threw, so the trace is recorded: ${errorText(error)}`);
      }
      return { decision: RECORD_AND_SAMPLED };
    },
    toString: () => sampler.toString(),
  };
}

function isSamplingResult(value: unknown): value is SamplingResult {
  if (typeof value !== 'object' || value === null) return false;
  const decision: unknown = Reflect.get(value, 'decision');
  return decision === 0 || decision === 1 || decision === RECORD_AND_SAMPLED;
}
