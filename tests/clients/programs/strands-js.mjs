// client: Strands Agents for JavaScript
// version: @strands-agents/sdk
// packages: @strands-agents/sdk openai zod @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto
import { Agent, tool } from '@strands-agents/sdk';
import { OpenAIModel } from '@strands-agents/sdk/models/openai';
import { z } from 'zod';
import { QUESTIONS, start } from './_otel.mjs';

const provider = start();
const weather = tool({
  name: 'get_weather',
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  callback: () => '21 degrees',
});
for (const question of QUESTIONS) {
  const model = new OpenAIModel({ api: 'chat', modelId: 'gpt-4o-mini', clientConfig: { maxRetries: 0 } });
  const traceAttributes = { 'session.id': 'sess-stjs', 'user.id': 'user-7' };
  const agent = new Agent({ model, tools: [weather], systemPrompt: 'Be short.', printer: false, traceAttributes });
  await agent.invoke(question).then(
    (result) => console.log(String(result)),
    (error) => console.log('ERR', String(error).slice(0, 100)),
  );
}
await provider.shutdown();
