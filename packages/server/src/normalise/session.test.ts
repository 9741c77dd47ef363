import type { Json } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
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

  it('has user and tags of Mastra', () => {
    expect(
      read({
        'gen_ai.conversation.id': 'chat-1',
        'mastra.metadata.userId': 'user-7',
        'mastra.tags': '["alpha", "beta"]',
      }),
    ).toMatchObject({ sessionId: 'chat-1', userId: 'user-7', tags: ['alpha', 'beta'] });
  });
});
