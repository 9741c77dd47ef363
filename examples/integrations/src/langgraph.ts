import '@powerrag/exporter/register';
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as CallbackManager from '@langchain/core/callbacks/manager';
import { tool } from '@langchain/core/tools';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import { propagateAttributes } from '@powerrag/tracing';
import { z } from 'zod';

new LangChainInstrumentation().manuallyInstrument(CallbackManager);

const weather = tool(async ({ city }) => `18 degrees in ${city}`, {
  name: 'weather',
  description: 'The temperature in a city',
  schema: z.object({ city: z.string() }),
});
const agent = createReactAgent({ llm: new ChatOpenAI({ model: 'gpt-4o-mini' }), tools: [weather] });

await propagateAttributes({ sessionId: 'chat-1', userId: 'ada' }, async () => {
  const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'How warm is it in Paris?' }] });
  console.log(messages.at(-1)?.content);
});
