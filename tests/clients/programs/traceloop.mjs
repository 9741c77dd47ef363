// client: Traceloop for JavaScript, OpenAI
// version: @traceloop/node-server-sdk
// note: sends no span of a call that fails
// packages: @traceloop/node-server-sdk openai
import { setTimeout } from 'node:timers/promises';
import * as traceloop from '@traceloop/node-server-sdk';
import OpenAI from 'openai';

const settings = { appName: 'demo', apiKey: 'x', baseUrl: process.env.OTLP_URL, disableBatch: true };
traceloop.initialize({ ...settings, instrumentModules: { openAI: OpenAI } });
const client = new OpenAI({ maxRetries: 0 });
const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const tools = [{ type: 'function', function: { name: 'get_weather', parameters } }];

async function turn(question) {
  const messages = [{ role: 'user', content: question }];
  const ask = async () => (await client.chat.completions.create({ model: 'gpt-4o-mini', messages, tools })).choices[0];
  const { message } = await ask();
  const [called] = message.tool_calls ?? [];
  if (called === undefined) return message.content;
  messages.push(message, { role: 'tool', tool_call_id: called.id, content: '{"temp":21}' });
  return (await ask()).message.content;
}

await traceloop.withAssociationProperties({ session_id: 'sess-tljs', user_id: 'user-7' }, async () => {
  for (const question of ['What is the capital of France?', 'What is the weather in Paris?', 'Please FAIL now']) {
    await traceloop.withWorkflow({ name: 'turn' }, () => turn(question).catch(() => 'failed'));
  }
});
// Its exporter has no flush that is awaited.
await setTimeout(1_500);
