// client: Genkit
// version: genkit
// packages: genkit @genkit-ai/compat-oai @opentelemetry/api @opentelemetry/sdk-trace-node@1 @opentelemetry/exporter-trace-otlp-proto@0.52
import { openAI } from '@genkit-ai/compat-oai/openai';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { genkit, z } from 'genkit';
import { enableTelemetry } from 'genkit/tracing';

const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_URL}/v1/traces` });
await enableTelemetry({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const ai = genkit({ plugins: [openAI({ apiKey: 'x', baseURL: process.env.OPENAI_BASE_URL, maxRetries: 0 })] });
const schema = { inputSchema: z.object({ city: z.string() }), outputSchema: z.any() };
const weather = ai.defineTool({ name: 'get_weather', description: 'The weather of a city.', ...schema }, async () => ({
  temp: 21,
}));
const chat = ai.defineFlow({ name: 'chatFlow', inputSchema: z.string(), outputSchema: z.string() }, async (prompt) => {
  trace.getActiveSpan()?.setAttributes({ 'session.id': 'sess-gk', 'user.id': 'user-7' });
  const model = openAI.model('gpt-4o-mini');
  return (await ai.generate({ model, system: 'Be short.', prompt, tools: [weather] })).text;
});
for (const question of ['What is the capital of France?', 'What is the weather in Paris?', 'Please FAIL']) {
  await chat(question).then(console.log, (error) => console.log('ERR', String(error).slice(0, 100)));
}
await exporter.forceFlush();
