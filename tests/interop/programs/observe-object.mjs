import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { observe, setTracerProvider } from '@powerrag/tracing';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
setTracerProvider(new BasicTracerProvider());

const isFetchLoaded = () => process.moduleLoadList.some((name) => name.endsWith('deps/undici/undici'));
const before = isFetchLoaded();
await observe(async () => ({ answer: 42 }), { name: 'answer' })();
observe(() => [1, 2, 3], { name: 'list' })();
const after = isFetchLoaded();
// What the accessors of its classes do when read.
void globalThis.Response;
console.log(JSON.stringify({ before, after, named: isFetchLoaded() }));
