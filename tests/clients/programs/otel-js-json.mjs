// client: OpenTelemetry for JavaScript, by hand
// version: @opentelemetry/sdk-trace-node
// packages: @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-http
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_URL}/v1/traces` });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

/** Messages as a text and as several attributes, as the older and the newer conventions have them. */
const WORDS = [
  {
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }]),
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] }]),
  },
  {
    'gen_ai.prompt.0.role': 'user',
    'gen_ai.prompt.0.content': 'Hi',
    'gen_ai.completion.0.role': 'assistant',
    'gen_ai.completion.0.content': 'Hello',
  },
];
for (const words of WORDS) {
  const attributes = {
    ...{ 'session.id': 'sess-jsraw', 'user.id': 'user-7', 'gen_ai.operation.name': 'chat' },
    ...{ 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o-mini' },
    ...{ 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20, ...words },
  };
  trace.getTracer('demo').startSpan('chat gpt-4o-mini', { attributes }).end();
}
await provider.shutdown();
