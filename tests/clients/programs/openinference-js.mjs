// client: OpenAI and Anthropic for JavaScript through OpenInference
// version: @arizeai/openinference-instrumentation-openai
// note: sends no span of a call to OpenAI that fails
// packages: @arizeai/openinference-instrumentation-openai openai @arizeai/openinference-instrumentation-anthropic @anthropic-ai/sdk @opentelemetry/api @opentelemetry/instrumentation @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto
import Anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import OpenAI from 'openai';
import { QUESTIONS, start, turn } from './_otel.mjs';

const provider = start();
const ofOpenAi = new OpenAIInstrumentation({ tracerProvider: provider });
ofOpenAi.manuallyInstrument(OpenAI);
const ofAnthropic = new AnthropicInstrumentation({ tracerProvider: provider });
ofAnthropic.manuallyInstrument(Anthropic);
const openai = new OpenAI({ maxRetries: 0 });
const claude = new Anthropic({ maxRetries: 0 });
const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } } };
const TOOLS = [{ type: 'function', function: { name: 'get_weather', parameters: PARAMETERS } }];
const CLAUDE_TOOLS = [{ name: 'get_weather', input_schema: PARAMETERS }];
const RESULT = '{"temp": 21}';

async function chat(question) {
  const messages = [{ role: 'user', content: question }];
  const call = () => openai.chat.completions.create({ model: 'gpt-4o-mini', messages, tools: TOOLS });
  let said = (await call()).choices[0].message;
  if (said.tool_calls) {
    messages.push(said, { role: 'tool', tool_call_id: said.tool_calls[0].id, content: RESULT });
    said = (await call()).choices[0].message;
  }
  return said.content;
}

async function ask(question) {
  const messages = [{ role: 'user', content: question }];
  const given = { model: 'claude-sonnet-4-5', max_tokens: 100, system: 'Be short.', messages, tools: CLAUDE_TOOLS };
  let said = await claude.messages.create(given);
  const use = said.content.find(({ type }) => type === 'tool_use');
  if (use !== undefined) {
    messages.push({ role: 'assistant', content: said.content });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: RESULT }] });
    said = await claude.messages.create(given);
  }
  return said.content[0].text;
}

async function stream(question) {
  const messages = [{ role: 'user', content: question }];
  const options = { include_usage: true };
  let said = '';
  for await (const part of await openai.chat.completions.create({
    ...{ model: 'gpt-4o-mini', messages, stream: true, stream_options: options },
  }))
    said += part.choices[0]?.delta.content ?? '';
  return said;
}

async function respond(question) {
  return (await openai.responses.create({ model: 'gpt-4o-mini', instructions: 'Be short.', input: question }))
    .output_text;
}

for (const question of QUESTIONS) await turn('sess-oi-js', question, chat);
for (const question of QUESTIONS) await turn('sess-oi-js', question, ask);
await turn('sess-oi-js', 'Stream the capital of France', stream);
await turn('sess-oi-js', QUESTIONS[0], respond);
await provider.shutdown();
