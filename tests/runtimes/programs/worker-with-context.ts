import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { runContract } from '../contract/contract.js';

/** What `AsyncLocalStorage.disable` is for does not exist in workerd, and calling it throws there. */
class WorkerContextManager extends AsyncLocalStorageContextManager {
  override disable(): this {
    return this;
  }
}

/** A Worker with the flag `nodejs_compat`, which gives it AsyncLocalStorage. */
export default {
  fetch: async (): Promise<Response> => Response.json(await runContract(() => new WorkerContextManager())),
};
