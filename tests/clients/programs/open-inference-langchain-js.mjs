// client: LangChain for JavaScript through OpenInference
// version: @arizeai/openinference-instrumentation-langchain
// note: writes LangGraph's `thread_id` over a session id set with `setSession`: set yours on a span around the graph
// packages: @arizeai/openinference-instrumentation-langchain @arizeai/openinference-core @langchain/core @langchain/openai langchain zod @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-proto

import { setSession, setUser } from '@arizeai/openinference-core';
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as CallbackManager from '@langchain/core/callbacks/manager';
import { ChatOpenAI } from '@langchain/openai';
import { context } from '@opentelemetry/api';
import { createAgent, tool } from 'langchain';
import { z } from 'zod';
import { QUESTIONS, start } from './_otel.mjs';

const provider = start();
new LangChainInstrumentation({ tracerProvider: provider }).manuallyInstrument(CallbackManager);

const model = new ChatOpenAI({ model: 'gpt-4o-mini', maxRetries: 0 });
const schema = z.object({ city: z.string() });
const weather = tool(async () => '{"temp": 21}', { name: 'get_weather', description: 'The weather.', schema });
const agent = createAgent({ model, tools: [weather], systemPrompt: 'Be short.' });
const inSession = setUser(setSession(context.active(), { sessionId: 'sess-oilcjs' }), { userId: 'user-7' });
await context.with(inSession, async () => {
  for (const content of QUESTIONS) {
    await agent.invoke({ messages: [{ role: 'user', content }] }).then(
      ({ messages }) => console.log(messages.at(-1).content),
      (error) => console.log('ERR', String(error).slice(0, 100)),
    );
  }
});
await provider.shutdown();
