import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import { observe } from '@powerrag/tracing';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(
  new BasicTracerProvider({
    spanProcessors: [new PowerRAGSpanProcessor()],
  }),
);

const greet = observe((name: string) => `Hello, ${name}!`, { name: 'greet' });
console.log(greet('Momo'));
