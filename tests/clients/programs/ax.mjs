// client: Ax
// version: @ax-llm/ax
// note: sends no words, and how many tokens were cached in the total alone
// packages: @ax-llm/ax @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto
import { ai, ax } from '@ax-llm/ax';
import { trace } from '@opentelemetry/api';
import { QUESTIONS, start, turn } from './_otel.mjs';

const provider = start();
const tracer = trace.getTracer('ax');
const llm = ai({
  ...{ name: 'openai', apiKey: 'x', apiURL: process.env.OPENAI_BASE_URL },
  ...{ config: { model: 'gpt-4o-mini', stream: false }, options: { tracer, excludeContentFromTrace: false } },
});
const functions = [
  {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string', description: 'Its name.' } } },
    func: async () => '21 degrees',
  },
];
const answer = ax('question:string -> answer:string');
for (const question of QUESTIONS) {
  await turn('sess-ax', question, async () => {
    return (await answer.forward(llm, { question }, { functions, maxRetries: 1, stream: false })).answer;
  });
}
await provider.shutdown();
