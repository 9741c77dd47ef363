import { beforeAll, describe, expect, it } from 'vitest';
import { runExample } from './example-programs.js';
import type { ReceivedSpan } from './otlp-spans.js';
import { startRecordingSink } from './recording-sink.js';

/** What the sample sends, looked at on the wire. */
describe('the sample conversation, as it is sent', () => {
  let spans: readonly ReceivedSpan[] = [];

  beforeAll(async () => {
    const sink = await startRecordingSink();
    await runExample('rag-chat/dist/main.js', { EXTRACTIVE_WORDS_PER_SECOND: '0' }, ['--script', '--server', sink.url]);
    spans = sink.spans;
    await sink.close();
  });

  const ofType = (type: string) => spans.filter((span) => span.attributes['langfuse.observation.type'] === type);

  it('carries its session and its user on every span', () => {
    expect(spans.length).toBeGreaterThan(40);
    for (const span of spans) {
      expect(span.attributes['session.id'], span.name).toMatch(/^docs-chat-/);
      expect(span.attributes['user.id'], span.name).toBe('sample-visitor');
    }
  });

  it('is one trace for each turn, in two sessions', () => {
    const sessions = new Map<string, Set<string>>();
    for (const { traceId, attributes } of spans) {
      const id = String(attributes['session.id']);
      sessions.set(id, (sessions.get(id) ?? new Set()).add(traceId));
    }
    expect([...sessions.values()].map((traces) => traces.size)).toEqual([6, 3]);
  });

  it('has an agent, a search and a generation in every turn, and tools where they were called for', () => {
    expect(ofType('agent').map((span) => span.name)).toEqual(Array.from({ length: 9 }, () => 'chat-turn'));
    expect(ofType('retriever')).toHaveLength(9);
    expect(ofType('tool').map((span) => span.name)).toEqual(['lookup_configuration', 'list_documents', 'read_section']);
    // A turn that called a tool asked the model twice.
    expect(ofType('generation')).toHaveLength(12);
  });

  it('says of every generation which model it was, what it read and wrote, and when its first piece came', () => {
    for (const { attributes } of ofType('generation')) {
      expect(attributes['langfuse.observation.model.name']).toBe('extractive');
      expect(JSON.parse(String(attributes['langfuse.observation.usage_details']))).toEqual({
        input: expect.any(Number),
        output: expect.any(Number),
        total: expect.any(Number),
      });
      expect(JSON.parse(String(attributes['langfuse.observation.cost_details']))).toEqual({ total: 0 });
      expect(attributes['langfuse.observation.completion_start_time']).toMatch(/^"\d{4}-.*Z"$/);
    }
  });

  it('marks the tool that failed, and nothing else', () => {
    const failed = spans.filter((span) => span.attributes['langfuse.observation.level'] === 'ERROR');
    expect(failed.map((span) => span.name)).toEqual(['read_section']);
    expect(failed[0]?.attributes['langfuse.observation.status_message']).toContain('there is no document');
  });
});
