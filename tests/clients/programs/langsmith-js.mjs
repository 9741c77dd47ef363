// client: LangSmith for JavaScript, export by OpenTelemetry
// version: langsmith
// packages: langsmith openai ai@5 @ai-sdk/openai@2 zod @opentelemetry/api @opentelemetry/sdk-trace-base @opentelemetry/sdk-trace-node @opentelemetry/context-async-hooks @opentelemetry/exporter-trace-otlp-proto

process.env.LANGSMITH_TRACING = 'true';
process.env.LANGSMITH_OTEL_ENABLED = 'true';
process.env.LANGSMITH_API_KEY = 'x';
import { initializeOTEL } from 'langsmith/experimental/otel/setup';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_URL}/v1/traces` });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
initializeOTEL({ globalTracerProvider: provider });
const { traceable } = await import('langsmith/traceable');
const { wrapOpenAI } = await import('langsmith/wrappers');
const { default: OpenAI } = await import('openai');

const client = wrapOpenAI(new OpenAI({ maxRetries: 0 }));
const FUNCTION = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
const getWeather = traceable(async ({ city }) => ({ city, temp: 21 }), { name: 'get_weather', run_type: 'tool' });
const chat = async (messages) =>
  (await client.chat.completions.create({ model: 'gpt-4o-mini', messages, tools: [{ type: 'function', function: FUNCTION }] }))
    .choices[0].message;
const answer = traceable(
  async (question) => {
    const messages = [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: question },
    ];
    const said = await chat(messages);
    const call = said.tool_calls?.[0];
    if (call === undefined) return said.content;
    const result = await getWeather(JSON.parse(call.function.arguments));
    const reply = { role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) };
    return (await chat([...messages, said, reply])).content;
  },
  { name: 'answer', metadata: { session_id: 'sess-lsjs', user_id: 'user-7' }, tags: ['alpha', 'beta'] },
);
for (const question of ['What is the capital of France?', 'What is the weather in Paris?', 'Please FAIL now']) {
  try {
    console.log(await answer(question));
  } catch (error) {
    console.log('ERR', String(error).slice(0, 100));
  }
}
await provider.forceFlush();
await provider.shutdown();
