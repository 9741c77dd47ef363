import { observe } from '@powerrag/tracing';
import { observeInMemory } from '@powerrag/tracing/testing';
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import Groq from 'groq-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFakeGroqAndCohere } from '../support/fake-groq-cohere.js';
import type { FakeModelApi } from '../support/fake-model-api.js';

let api: FakeModelApi;
beforeAll(async () => {
  api = await startFakeGroqAndCohere();
});
afterAll(() => api.close());

let recorded: ReturnType<typeof observeInMemory>;
beforeEach(() => {
  recorded = observeInMemory();
});
afterEach(() => recorded.restore());

/** What an ended observation of the call has recorded, when `use` has done with its result. */
async function recordOf<R>(call: () => R, use: (result: Awaited<R>) => unknown = () => {}) {
  const result = await observe(call, { name: 'ask', asType: 'generation' })();
  await use(result);
  expect(recorded.observations).toHaveLength(1);
  const { model, output, usageDetails } = recorded.named('ask');
  return { model, output, usageDetails };
}

const drain = async (pieces: AsyncIterable<unknown>) => {
  for await (const _piece of pieces);
};

const QUESTION = { messages: [{ role: 'user' as const, content: 'The capital of France?' }] };
const CALLS = [{ id: 'call-1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }];
const WEATHER = { type: 'function' as const, function: { name: 'get_weather', parameters: { type: 'object' } } };
const usageDetails = { input: 7, output: 3 };

describe('groq-sdk', () => {
  const question = { ...QUESTION, model: 'llama-3.3-70b-versatile' };
  const about = { model: 'llama-3.3-70b-versatile', usageDetails: { ...usageDetails, total: 10 } };
  const groq = () => new Groq({ apiKey: 'none', baseURL: api.url });
  const stream = () => groq().chat.completions.create({ ...question, stream: true });
  type Streamed = Awaited<ReturnType<typeof stream>>;

  it.each<[string, (streamed: Streamed) => unknown]>([
    ['for await', drain],
    ['`toReadableStream()`', (streamed) => new Response(streamed.toReadableStream()).text()],
    ['`tee()`', (streamed) => Promise.all(streamed.tee().map(drain))],
  ])('a stream read by %s is its message, with its reasoning, model and tokens', async (_way, use) => {
    const output = { role: 'assistant', content: 'Paris.', reasoning: 'Easy.' };
    expect(await recordOf(stream, use)).toEqual({ ...about, output });
  });

  it('a stream that calls tools keeps the calls and their arguments', async () => {
    const call = () => groq().chat.completions.create({ ...question, tools: [WEATHER], stream: true });
    const output = { role: 'assistant', content: null, tool_calls: CALLS };
    expect(await recordOf(call, drain)).toEqual({ ...about, output });
  });

  it('an answer that comes whole has its model and tokens, asked for with its response too', async () => {
    const create = () => groq().chat.completions.create({ ...question, tools: [WEATHER] });
    expect(await recordOf(create)).toMatchObject({
      ...about,
      output: { choices: [{ message: { tool_calls: CALLS } }] },
    });
    recorded.restore();
    recorded = observeInMemory();
    const { data } = await observe(create, { name: 'ask', asType: 'generation' })().withResponse();
    expect(data.model).toBe(about.model);
    expect(recorded.named('ask')).toMatchObject(about);
  });

  it('an error of the API is the error of the observation', async () => {
    const call = () => groq().chat.completions.create({ ...question }, { path: '/nowhere', maxRetries: 0 });
    await expect(observe(call, { name: 'ask', asType: 'generation' })()).rejects.toThrow('404');
    expect(recorded.named('ask')).toMatchObject({ level: 'ERROR' });
  });
});

describe('cohere-ai', () => {
  const question = { ...QUESTION, model: 'command-a-03-2025' };
  const cohere = () => new CohereClientV2({ token: 'none', environment: api.url });

  it('a stream is its message, with its thinking and tokens', async () => {
    const output = { role: 'assistant', content: 'Paris.', reasoning: 'Easy.' };
    expect(await recordOf(() => cohere().chatStream(question), drain)).toMatchObject({ output, usageDetails });
  });

  it('a stream that calls tools keeps why, the calls and their arguments', async () => {
    const call = () => cohere().chatStream({ ...question, tools: [WEATHER] });
    const output = { role: 'assistant', content: null, reasoning: 'I look it up.', tool_calls: CALLS };
    expect(await recordOf(call, drain)).toMatchObject({ output, usageDetails });
  });

  it('a stream that is left early is sent, with what was read of it', async () => {
    await recordOf(
      () => cohere().chatStream(question),
      async (stream) => {
        for await (const event of stream) if (event.type === 'content-delta') break;
      },
    );
    expect(recorded.named('ask').output).toMatchObject({ reasoning: 'Easy.' });
  });

  it('an answer that comes whole has its tokens, asked for with its response too', async () => {
    const chat = () => cohere().chat(question);
    const output = { message: { content: [{ type: 'text', text: 'Paris.' }] } };
    expect(await recordOf(chat)).toMatchObject({ output, usageDetails });
    recorded.restore();
    recorded = observeInMemory();
    const { rawResponse } = await observe(chat, { name: 'ask', asType: 'generation' })().withRawResponse();
    expect(rawResponse.status).toBe(200);
    expect(recorded.named('ask')).toMatchObject({ usageDetails });
  });

  describe('of the first version', () => {
    const first = () => new CohereClient({ token: 'none', environment: `${api.url}/v1` });
    const message = 'The capital of France?';
    const tools = [{ name: 'get_weather', description: 'How the weather is.' }];

    it('a stream is its message, with its tokens', async () => {
      const output = { role: 'assistant', content: 'Paris.' };
      expect(await recordOf(() => first().chatStream({ message }), drain)).toMatchObject({ output, usageDetails });
    });

    it('a stream that calls tools keeps why, the calls and their arguments', async () => {
      expect(await recordOf(() => first().chatStream({ message, tools }), drain)).toMatchObject({
        output: {
          reasoning: 'I look it up.',
          tool_calls: [{ function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }],
        },
        usageDetails,
      });
    });

    it('an answer that comes whole has its tokens', async () => {
      expect(await recordOf(() => first().chat({ message }))).toMatchObject({
        output: { text: 'Paris.' },
        usageDetails,
      });
    });
  });
});
