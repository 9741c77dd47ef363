import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { runContract } from '../contract/contract.js';

console.log(JSON.stringify(await runContract(() => new AsyncLocalStorageContextManager())));
