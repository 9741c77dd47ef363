// What an application does with the AI SDK that knows nothing of tracing but for the session. `node ai-sdk.mjs SCENARIO`.
import '@powerrag/exporter/register';
import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel';
import { observe, propagateAttributes } from '@powerrag/tracing';
import { embed, embedMany, generateText, isStepCount, registerTelemetry, streamText, ToolLoopAgent, tool } from 'ai';
import { MockEmbeddingModelV4, MockLanguageModelV4, simulateReadableStream } from 'ai/test';
import { z } from 'zod';

const usage = {
  inputTokens: { total: 100, noCache: 60, cacheRead: 40, cacheWrite: undefined },
  outputTokens: { total: 30, text: 20, reasoning: 10 },
};
const stop = { unified: 'stop', raw: 'stop' };

/** Calls the tool as long as the last message is not the result of one. */
function callsTool(prompt) {
  return prompt.at(-1).role !== 'tool';
}

const toolCall = { type: 'tool-call', toolCallId: 'call-1', toolName: 'weather', input: '{"city":"Paris"}' };

const model = new MockLanguageModelV4({
  provider: 'openai.chat',
  modelId: 'gpt-4o',
  doGenerate: async ({ prompt, tools }) => ({
    content: tools && callsTool(prompt) ? [toolCall] : [{ type: 'text', text: 'It is 18 degrees in Paris.' }],
    finishReason: stop,
    usage,
    warnings: [],
    response: { id: 'response-1', modelId: 'gpt-4o-2024-08-06' },
  }),
  doStream: async ({ prompt, tools }) => ({
    stream: simulateReadableStream({
      chunkDelayInMs: 5,
      chunks: [
        { type: 'stream-start', warnings: [] },
        { type: 'response-metadata', id: 'response-2', modelId: 'gpt-4o-2024-08-06' },
        ...(tools && callsTool(prompt)
          ? [toolCall]
          : [
              { type: 'reasoning-start', id: '0' },
              { type: 'reasoning-delta', id: '0', delta: 'The tool says 18.' },
              { type: 'reasoning-end', id: '0' },
              { type: 'text-start', id: '0' },
              { type: 'text-delta', id: '0', delta: 'It is 18 degrees ' },
              { type: 'text-delta', id: '0', delta: 'in Paris.' },
              { type: 'text-end', id: '0' },
            ]),
        { type: 'finish', finishReason: stop, usage },
      ],
    }),
  }),
});

const failing = new MockLanguageModelV4({
  doGenerate: async () => {
    throw new Error('quota exceeded');
  },
  doStream: async () => ({
    stream: simulateReadableStream({
      chunks: [
        { type: 'stream-start', warnings: [] },
        { type: 'text-start', id: '0' },
        { type: 'text-delta', id: '0', delta: 'It is' },
        { type: 'error', error: new Error('overloaded') },
      ],
    }),
  }),
});

const embedding = new MockEmbeddingModelV4({
  modelId: 'text-embedding-3-small',
  doEmbed: async ({ values }) => ({ embeddings: values.map(() => [0.1, 0.2]), usage: { tokens: 8 }, warnings: [] }),
});

const weather = tool({
  description: 'The temperature in a city',
  inputSchema: z.object({ city: z.string() }),
  execute: observe(async ({ city }) => ({ city, celsius: 18 }), { name: 'look-up', asType: 'retriever' }),
});
const instructions = 'Be brief.';
const prompt = 'How warm is it in Paris?';
const withTools = { model, instructions, prompt, tools: { weather }, stopWhen: isStepCount(3) };

async function read(result) {
  let text = '';
  for await (const piece of result.textStream) text += piece;
  return text;
}

const otel = () => new OpenTelemetry();
const scenarios = {
  generate: () => generateText({ ...withTools, temperature: 0.2, telemetry: { functionId: 'ask-weather' } }),
  stream: () => read(streamText(withTools)),
  agent: async () => (await new ToolLoopAgent({ model, instructions, tools: { weather } }).generate({ prompt })).text,
  async embeds() {
    await embed({ model: embedding, value: 'Paris' });
    await embedMany({ model: embedding, values: ['Paris', 'Rome'] });
  },
  fails: () => generateText({ model: failing, prompt, maxRetries: 0 }).catch(({ message }) => message),
  'stream-fails': () => read(streamText({ model: failing, prompt, onError() {} })),
  async aborted() {
    const controller = new AbortController();
    const { fullStream } = streamText({ model, prompt, abortSignal: controller.signal, onAbort() {} });
    for await (const { type } of fullStream) if (type === 'text-delta') controller.abort();
  },
  async 'left-early'() {
    for await (const _ of streamText({ model, prompt }).textStream) break;
  },
  unread: async () => void streamText({ model, prompt }),
  hidden: () => generateText({ model, prompt: 'secret', telemetry: { recordInputs: false } }),
  'hidden-stream': () => read(streamText({ model, prompt: 'secret', telemetry: { recordOutputs: false } })),
  disabled: () => generateText({ model, prompt, telemetry: { isEnabled: false } }),
  'integration-everywhere': async () => {
    registerTelemetry(otel());
    await generateText(withTools);
    await read(streamText(withTools));
    await embed({ model: embedding, value: 'Paris' });
  },
  'integration-of-a-call': async () => {
    await generateText({ ...withTools, telemetry: { integrations: otel() } });
    await read(streamText({ ...withTools, telemetry: { integrations: otel() } }));
    await read(streamText({ ...withTools, telemetry: { integrations: new LegacyOpenTelemetry() } }));
    await embedMany({ model: embedding, values: ['Paris'], telemetry: { integrations: otel() } });
  },
  'integration-that-only-listens': () =>
    generateText({ ...withTools, telemetry: { integrations: { onEnd: async () => {} } } }),
  nested: () =>
    generateText({
      ...withTools,
      tools: {
        weather: tool({ ...weather, execute: async () => (await generateText({ model, prompt: 'Paris?' })).text }),
      },
    }),
  'at-once': () =>
    Promise.all(
      ['a', 'b'].map((sessionId) =>
        propagateAttributes({ sessionId }, () => read(streamText({ model, prompt: `I am ${sessionId}` }))),
      ),
    ),
  context: () =>
    generateText({
      model,
      prompt,
      runtimeContext: { userId: 'ada', secret: 'x' },
      telemetry: { includeRuntimeContext: { userId: true } },
    }),
  'rpc-result': () =>
    generateText({
      ...withTools,
      tools: {
        weather: tool({
          ...weather,
          // A client of which every property is a remote call.
          execute: async () => ({
            client: new Proxy(() => {}, {
              get: (_, key) => {
                if (key !== 'then') void Promise.reject(new Error(`called ${String(key)}`));
                return undefined;
              },
            }),
          }),
          toModelOutput: () => ({ type: 'text', value: 'ok' }),
        }),
      },
    }),
};

const scenario = scenarios[process.argv[2]];
const said = await propagateAttributes({ sessionId: 'chat-1' }, scenario);
if (typeof said === 'string') console.log(said);
