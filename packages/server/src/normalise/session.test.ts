import type { Json } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { normalise } from './index.js';
import { spanWith } from './testing.js';

const read = (attributes: Readonly<Record<string, Json>>, resource: Readonly<Record<string, Json>> = {}) =>
  normalise(spanWith(attributes, { resource: new Map(Object.entries(resource)) })).trace;

describe('ids that an SDK wrote as JSON', () => {
  it('are read without the quotes, as are the tags and the metadata of the trace', () => {
    expect(
      read({
        'langfuse.observation.metadata.langfuse_session_id': '"chat-1"',
        'langfuse.observation.metadata.langfuse_user_id': '"user-7"',
        'langfuse.observation.metadata.langfuse_tags': '["alpha", "\\"beta\\""]',
        'langfuse.trace.metadata.channel': '"web"',
      }),
    ).toMatchObject({ sessionId: 'chat-1', userId: 'user-7', tags: ['alpha', 'beta'], metadata: { channel: 'web' } });
  });

  it.each([
    ['langfuse.trace.metadata.langfuse_session_id', 'langfuse.trace.metadata.langfuse_user_id'],
    ['ai.telemetry.metadata.sessionId', 'ai.telemetry.metadata.userId'],
    ['traceloop.association.properties.session_id', 'traceloop.association.properties.user_id'],
    ['langsmith.metadata.session_id', 'langsmith.metadata.user_id'],
    ['mastra.metadata.sessionId', 'mastra.metadata.userId'],
  ])('are read without the quotes under %s and %s, and as they are where they have none', (session, user) => {
    expect(read({ [session]: '"chat \\"1\\""', [user]: '"user-7"' })).toMatchObject({
      sessionId: 'chat "1"',
      userId: 'user-7',
    });
    expect(read({ [session]: 'chat "1"', [user]: '7' })).toMatchObject({ sessionId: 'chat "1"', userId: '7' });
  });

  it('are none where the JSON says null or nothing', () => {
    expect(read({ 'langfuse.observation.metadata.langfuse_session_id': 'null' })).not.toHaveProperty('sessionId');
    expect(read({ 'langfuse.observation.metadata.langfuse_session_id': '""' })).not.toHaveProperty('sessionId');
  });

  it('keep their quotes under a key that means the id and nothing else', () => {
    for (const key of ['session.id', 'langfuse.session.id']) expect(read({ [key]: '"x"' }).sessionId).toBe('"x"');
    expect(read({ 'user.id': '"x"' }).userId).toBe('"x"');
  });
});

describe('several session ids on one span', () => {
  const all = {
    'gen_ai.conversation.id': 'of the library',
    'traceloop.association.properties.session_id': 'of the metadata',
    'session.id': 'of the application',
  };

  it('are told apart by their keys: the strongest stands, the others are conversations', () => {
    expect(read(all, { 'session.id': 'of the process' })).toEqual({
      sessionId: 'of the application',
      conversationIds: ['of the metadata', 'of the library', 'of the process'],
      metadata: { session_id: 'of the metadata' },
    });
    const { 'session.id': _, ...others } = all;
    expect(read(others)).toMatchObject({ sessionId: 'of the metadata', sessionIdStrength: 2 });
    expect(read({ 'gen_ai.conversation.id': 'c' }, { 'session.id': 'of the process' })).toEqual({
      sessionId: 'c',
      sessionIdStrength: 3,
      conversationIds: ['of the process'],
    });
    expect(read({}, { 'session.id': 'of the process' })).toEqual({ sessionId: 'of the process', sessionIdStrength: 4 });
  });

  it('are one id where they say the same', () => {
    expect(read({ 'session.id': 's', 'gen_ai.conversation.id': 's' })).toEqual({ sessionId: 's' });
  });
});

describe('the trace of a framework', () => {
  it.each<[string, string, string]>([
    ['that Logfire took away', 'session.id', "[Scrubbed due to 'session']"],
    ['that Spring AI gives all who name none', 'spring.ai.chat.client.conversation.id', 'default'],
  ])('is not in one session with all others by a value %s', (_, key, value) => {
    expect(read({ [key]: value })).toEqual({});
    expect(read({ [key]: 'chat-1' })).toMatchObject({ sessionId: 'chat-1' });
  });

  it('lands in the session of google-adk 1.x', () => {
    expect(read({ 'gcp.vertex.agent.session_id': 'chat-1' })).toMatchObject({ sessionId: 'chat-1' });
  });

  it('has session, user and tags of LangSmith, and not the project that LangSmith calls a session', () => {
    expect(
      read({
        'langsmith.trace.session_id': 'a project',
        'langsmith.trace.session_name': 'default',
        'langsmith.metadata.session_id': 'chat-1',
        'langsmith.metadata.user_id': 'user-7',
        'langsmith.span.tags': 'alpha, beta',
      }),
    ).toMatchObject({ sessionId: 'chat-1', userId: 'user-7', tags: ['alpha', 'beta'] });
  });

  it('has no tags by which LangChain counts its steps', () => {
    const tagsOf = (tags: string) => read({ 'langsmith.span.tags': tags }).tags;
    expect(tagsOf('seq:step:1, alpha, graph:step:12, map:key:context, langsmith:hidden, step:1')).toEqual([
      'alpha',
      'step:1',
    ]);
    expect(tagsOf('graph:step:1')).toBeUndefined();
  });

  it('has user and tags of Mastra', () => {
    expect(
      read({
        'gen_ai.conversation.id': 'chat-1',
        'mastra.metadata.userId': 'user-7',
        'mastra.tags': '["alpha", "beta"]',
      }),
    ).toMatchObject({ sessionId: 'chat-1', userId: 'user-7', tags: ['alpha', 'beta'] });
  });

  describe('of LangChain through OpenInference, which writes a thread_id over the session id', () => {
    const ofChain = (id: string, metadata: Json, name = 'openinference.instrumentation.langchain') =>
      normalise(
        spanWith(
          { 'session.id': id, metadata: JSON.stringify(metadata) },
          { scope: { name, version: '', attributes: new Map() } },
        ),
      );
    const shownWith = async (...spans: readonly ReturnType<typeof normalise>[]) => {
      const store = memoryStore();
      await store.write('p', spans);
      const { sessions } = await store.listSessions('p', { limit: 10, sort: 'start' });
      const [trace] = (await store.listTraces('p', { sessionId: sessions[0]?.id ?? '' })).traces;
      return { sessions: sessions.map(({ id }) => id), conversations: trace?.conversationIds };
    };
    const application = normalise(
      spanWith({ 'session.id': 'chat-1' }, { spanId: '00f067aa0ba902b7', endUnixNano: 1_777_888_800_500_000_000n }),
    );

    it.each(['thread_id', 'conversation_id', 'session_id'])(
      'is in the session that the application set on any span, with its %s as a conversation',
      async (key) => {
        const chain = ofChain('thread-1', { [key]: 'thread-1', langgraph_step: 1 });
        const right = { sessions: ['chat-1'], conversations: ['thread-1'] };
        expect(await shownWith(application, chain)).toEqual(right);
        expect(await shownWith(chain, application)).toEqual(right);
      },
    );

    it('is in the session of the thread where nothing else names one', async () => {
      const chain = ofChain('thread-1', { thread_id: 'thread-1' }, '@arizeai/openinference-instrumentation-langchain');
      expect(await shownWith(chain)).toMatchObject({ sessions: ['thread-1'] });
    });

    it('keeps an id that is not from the metadata of the chain as one that the application set', () => {
      for (const metadata of [{ thread_id: 'other' }, { note: 'chat-1' }, 'chat-1']) {
        expect(ofChain('chat-1', metadata).trace).not.toHaveProperty('sessionIdStrength');
      }
      expect(ofChain('chat-1', { thread_id: 'chat-1' }, 'my-tracer').trace).not.toHaveProperty('sessionIdStrength');
    });
  });
});
