import { trace } from '@opentelemetry/api';
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base';
import { EXPORT_TRACE_STATE } from '@powerrag/protocol';
import { errorText } from '../base/error-text.js';
import { ignoreRejection } from '../base/ignore-rejection.js';
import type { Log } from '../report/log.js';

/** `SamplingDecision.RECORD_AND_SAMPLED`. A number, since the enum would have to be of the same version as the provider's. */
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

/** A sampler of the application's whose failures do not reach the application: the trace is then recorded, and the failure told. */
export function guarded(sampler: Sampler, log: Pick<Log, 'warn'>): Sampler {
  return {
    shouldSample(...decided): SamplingResult {
      try {
        const result: unknown = sampler.shouldSample(...decided);
        if (isSamplingResult(result)) return result;
        ignoreRejection(result);
        log.warn('the sampler answered with something that is no sampling result, so the trace is recorded.');
      } catch (error) {
        log.warn(`the sampler failed, so the trace is recorded: ${errorText(error)}`);
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
