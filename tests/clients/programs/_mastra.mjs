/** An agent of Mastra that answers, calls a tool, streams and fails; what differs is the exporter. */

import { createOpenAI } from '@ai-sdk/openai';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { z } from 'zod';

export async function run(exporter, sessionId) {
  const openai = createOpenAI({ apiKey: 'x', baseURL: process.env.OPENAI_BASE_URL });
  const weather = createTool({
    id: 'get_weather',
    description: 'The weather of a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: async () => ({ temp: 21 }),
  });
  const assistant = new Agent({
    ...{ id: 'assistant', name: 'assistant', instructions: 'Be short.', maxRetries: 0 },
    ...{ model: openai.chat('gpt-4o-mini'), tools: { get_weather: weather } },
  });
  const observability = new Observability({ configs: { default: { serviceName: 'demo', exporters: [exporter] } } });
  const mastra = new Mastra({ agents: { assistant }, observability, logger: false });
  const agent = mastra.getAgent('assistant');
  const options = { tracingOptions: { metadata: { sessionId, userId: 'user-7' }, tags: ['alpha', 'beta'] } };
  for (const question of ['What is the capital of France?', 'What is the weather in Paris?', 'Please FAIL']) {
    await agent.generate(question, options).then(
      ({ text }) => console.log(text),
      (error) => console.log('ERR', String(error).slice(0, 100)),
    );
  }
  const stream = await agent.stream('Stream the capital of France', options);
  console.log(await stream.text);
  await observability.shutdown();
}
