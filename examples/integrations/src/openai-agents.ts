import '@powerrag/exporter/register';
import { Agent, run, setDefaultOpenAIClient, setOpenAIAPI, setTracingDisabled, tool } from '@openai/agents';
import { observe, propagateAttributes } from '@powerrag/tracing';
import OpenAI from 'openai';
import { z } from 'zod';

// Each call of the model, wherever the agents make it.
const client = new OpenAI();
const { completions } = client.chat;
completions.create = observe(completions.create.bind(completions), { name: 'complete', asType: 'generation' });
setDefaultOpenAIClient(client);
setOpenAIAPI('chat_completions');
// Agents send traces to OpenAI otherwise.
setTracingDisabled(true);

const weather = tool({
  name: 'weather',
  description: 'The temperature in a city',
  parameters: z.object({ city: z.string() }),
  execute: observe(async ({ city }: { city: string }) => `18 degrees in ${city}`, { name: 'weather', asType: 'tool' }),
});
const agent = new Agent({ name: 'Forecaster', model: 'gpt-4o-mini', tools: [weather] });

const ask = observe(async (question: string) => (await run(agent, question)).finalOutput, {
  name: 'Forecaster',
  asType: 'agent',
});
await propagateAttributes({ sessionId: 'chat-1', userId: 'ada' }, async () => {
  console.log(await ask('How warm is it in Paris?'));
});
