import { type AppDeps, createApp } from '../http/app.js';
import { normalise } from '../normalise/index.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import type { Store } from '../store/contract.js';
import { quietLog } from './quiet-log.js';

/** The application over one store as the tests need it: no keys, no page, a log that nobody reads, and what the test says. */
export function appOver(store: Store, say: Partial<AppDeps> = {}) {
  return createApp({
    writer: store,
    pieces: store,
    logEvents: store,
    annotations: store,
    media: store,
    reader: store,
    normalise,
    limits: DEFAULT_LIMITS,
    log: quietLog,
    keys: null,
    page: null,
    version: '1.2.3',
    ...say,
  });
}
