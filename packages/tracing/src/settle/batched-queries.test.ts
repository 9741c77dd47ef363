import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
const outputs = () => spans.all().map(({ attributes }) => attributes[SpanAttributeKeys.observationOutput]);

type Handlers = Parameters<Promise<number[]>['then']>;

/** As Drizzle makes them: `then` executes what is prepared; a batch prepares and executes on its own. */
class DrizzleQuery {
  where(): this {
    return this;
  }
  toSQL(): { sql: string } {
    return { sql: 'select 1' };
  }
  _prepare() {
    return { execute: async () => [1], sql: 'select 1' };
  }
  execute(): Promise<number[]> {
    return this._prepare().execute();
  }
  // biome-ignore lint/suspicious/noThenProperty: that is what a lazy query has.
  then(...handlers: Handlers) {
    return this.execute().then(...handlers);
  }
}

/** As Drizzle makes them for drivers without promises. */
class SyncQuery {
  all(): number[] {
    return [1];
  }
  async execute(): Promise<number[]> {
    return this.all();
  }
  // biome-ignore lint/suspicious/noThenProperty: that is what a lazy query has.
  then(...handlers: Handlers) {
    return this.execute().then(...handlers);
  }
}

/** As Prisma makes them. */
class PrismaQuery {
  async requestTransaction(): Promise<number[]> {
    return [1];
  }
  // biome-ignore lint/suspicious/noThenProperty: that is what a lazy query has.
  then(...handlers: Handlers) {
    return this.requestTransaction().then(...handlers);
  }
}

const find = <Query>(query: Query) => observe(() => query, { name: 'find' })();

describe('a lazy query that is passed to a batch', () => {
  it('is recorded when the batch takes it, as Drizzle’s does', () => {
    for (const query of [find(new DrizzleQuery()), find(new DrizzleQuery())]) query._prepare();
    expect(spans.all()).toHaveLength(2);
  });

  it('is recorded with its result when the batch runs it, as Prisma’s does', async () => {
    expect(
      await Promise.all([find(new PrismaQuery()), find(new PrismaQuery())].map((q) => q.requestTransaction())),
    ).toEqual([[1], [1]]);
    expect(outputs()).toEqual(['[1]', '[1]']);
  });

  it('is recorded with its error when that fails', async () => {
    const query = Object.assign(new PrismaQuery(), { requestTransaction: () => Promise.reject(new Error('down')) });
    await expect(find(query).requestTransaction()).rejects.toThrow('down');
    expect(spans.named('find').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
  });
});

describe('a lazy query that is awaited', () => {
  it.each([
    ['of Drizzle', () => new DrizzleQuery()],
    ['of Drizzle without promises', () => new SyncQuery()],
    ['of Prisma', () => new PrismaQuery()],
  ])('%s is recorded with its result, once', async (_name, made) => {
    expect(await find(made())).toEqual([1]);
    expect(outputs()).toEqual(['[1]']);
  });

  it('is recorded with its result after it was extended and printed', async () => {
    const query = find(new DrizzleQuery());
    expect(query.where().toSQL()).toEqual({ sql: 'select 1' });
    expect(spans.all()).toEqual([]);
    expect(await query).toEqual([1]);
    expect(outputs()).toEqual(['[1]']);
  });
});

it('a query that is run without a promise is recorded with its rows', () => {
  expect(find(new SyncQuery()).all()).toEqual([1]);
  expect(outputs()).toEqual(['[1]']);
});
