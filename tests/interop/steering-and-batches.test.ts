import { Annotation, Command, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import { observe } from '@powerrag/tracing';
import { observeInMemory } from '@powerrag/tracing/testing';
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let recorded: ReturnType<typeof observeInMemory>;
beforeEach(() => {
  recorded = observeInMemory();
});
afterEach(() => recorded.restore());

const outputs = () => recorded.observations.map(({ output }) => output);

it('a node of LangGraph that interrupts its graph is no error, and goes on when it is resumed', async () => {
  const State = Annotation.Root({ answer: Annotation<string> });
  const ask = observe(async () => ({ answer: interrupt<string, string>('Go on?') }), { name: 'ask' });
  const graph = new StateGraph(State).addNode('ask', ask).addEdge(START, 'ask');
  const app = graph.compile({ checkpointer: new MemorySaver() });
  const configuration = { configurable: { thread_id: 'chat-1' } };
  await app.invoke({ answer: '' }, configuration);
  expect(await app.invoke(new Command({ resume: 'yes' }), configuration)).toEqual({ answer: 'yes' });
  expect(recorded.observations.map(({ level }) => level)).toEqual(['DEFAULT', 'DEFAULT']);
  expect(recorded.observations[0]?.statusMessage).toContain('Go on?');
  expect(outputs()).toEqual([undefined, { answer: 'yes' }]);
});

describe('a query of Drizzle', () => {
  const users = sqliteTable('users', { id: integer('id') });
  const database = () =>
    drizzle(
      async () => ({ rows: [[1]] }),
      async (queries) => queries.map(() => ({ rows: [[1], [2]] })),
    );

  it('that is awaited is recorded with its rows', async () => {
    const find = observe(() => database().select().from(users), { name: 'find' });
    expect(await find()).toEqual([{ id: 1 }]);
    expect(outputs()).toEqual([[{ id: 1 }]]);
  });

  it('that is passed to `db.batch` is recorded, and the batch gives its rows', async () => {
    const db = database();
    const find = observe(() => db.select().from(users), { name: 'find' });
    const rows = [{ id: 1 }, { id: 2 }];
    expect(await db.batch([find(), find()])).toEqual([rows, rows]);
    expect(recorded.observations.map(({ name }) => name)).toEqual(['find', 'find']);
  });
});
