export type { Log } from './base/log.js';
export type { ServerOptions } from './commands/options.js';
export type { RunningServer } from './commands/serve.js';
export type { Keys } from './http/authentication.js';
export { startServer } from './start-server.js';
