export { type AppDeps, createApp } from './http/app.js';
export type { Observation, ObservationBody, TraceFields } from './observation/observation.js';
export type { ObservationWriter, SessionReader, Store } from './store/contract.js';
export { sqliteStore } from './store/sqlite/index.js';
