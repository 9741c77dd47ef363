// client: Langfuse for JavaScript, OpenAI and LangChain
// version: @langfuse/openai
// packages: @langfuse/openai@5 @langfuse/langchain@5 @langfuse/otel@5 @langfuse/tracing@5 @langchain/core @langchain/openai langchain openai zod @opentelemetry/api @opentelemetry/sdk-trace-node

import { ChatPromptTemplate } from '@langchain/core/prompts';
import { ChatOpenAI } from '@langchain/openai';
import { CallbackHandler } from '@langfuse/langchain';
import { observeOpenAI } from '@langfuse/openai';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { propagateAttributes } from '@langfuse/tracing';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { createAgent, tool } from 'langchain';
import OpenAI from 'openai';
import { z } from 'zod';

const options = { publicKey: 'pk', secretKey: 'sk', baseUrl: process.env.OTLP_URL, exportMode: 'immediate' };
const processor = new LangfuseSpanProcessor(options);
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();

const QUESTION = { role: 'user', content: 'What is the capital of France?' };
const WEATHER = { role: 'user', content: 'What is the weather in Paris?' };
const FUNCTION = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
const tools = [{ type: 'function', function: FUNCTION }];
const failed = (error) => console.log('ERR', String(error).slice(0, 100));

async function byOpenAI() {
  const client = observeOpenAI(new OpenAI({ maxRetries: 0 }));
  const chat = (messages, more) => client.chat.completions.create({ model: 'gpt-4o-mini', messages, ...more });
  const answer = await chat([{ role: 'system', content: 'Be short.' }, QUESTION]);
  await chat([QUESTION, answer.choices[0].message, { role: 'user', content: 'And Italy?' }]);
  const { message } = (await chat([WEATHER], { tools })).choices[0];
  const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: '{"temp": 21}' };
  await chat([WEATHER, message, result], { tools });
  for await (const _ of await chat([QUESTION], { stream: true, stream_options: { include_usage: true } }));
  await client.responses.create({ model: 'gpt-4o-mini', input: QUESTION.content });
  await chat([{ role: 'user', content: 'Please FAIL' }]).catch(failed);
  await client.embeddings.create({ model: 'text-embedding-3-small', input: 'hello' });
}

async function byLangChain() {
  const model = new ChatOpenAI({ model: 'gpt-4o-mini', maxRetries: 0 });
  const config = { callbacks: [new CallbackHandler({ sessionId: 'sess-lfjs5', userId: 'user-7' })] };
  const prompt = ChatPromptTemplate.fromMessages([
    ['system', 'Be short.'],
    ['user', '{question}'],
  ]);
  const chain = prompt.pipe(model);
  await chain.invoke({ question: QUESTION.content }, config);
  for await (const _ of await model.stream('And Italy?', config));
  const schema = z.object({ city: z.string() });
  const weather = tool(async () => '{"temp": 21}', { name: 'get_weather', description: 'The weather.', schema });
  await createAgent({ model, tools: [weather] }).invoke({ messages: [WEATHER] }, config);
  await chain.invoke({ question: 'Please FAIL' }, config).catch(failed);
}

await propagateAttributes({ sessionId: 'sess-lfjs5', userId: 'user-7', tags: ['alpha', 'beta'] }, async () => {
  await byOpenAI();
  await byLangChain();
});
await provider.shutdown();
