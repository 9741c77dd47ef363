import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../testing/listen.js';
import { connect } from './connection.js';

/** The settings that statements come with, each statement by the word that it begins with. */
async function settingsOf(options: { readonly isReplicated: boolean }) {
  const settings: Record<string, Readonly<Record<string, string>>> = {};
  const { url } = await listen({
    fetch: async (request) => {
      const { searchParams } = new URL(request.url);
      const statement = searchParams.get('query') ?? (await request.text());
      settings[statement.trim().split(/\s/, 1)[0] ?? ''] = Object.fromEntries(searchParams);
      return new Response('');
    },
  });
  const connection = connect(`${url}/db`, { ...options, timeoutMs: 7_000 });
  onTestFinished(() => connection.close());
  await connection.insert('observations', [{ trace_id: 'a' }]);
  await connection.query('SELECT 1');
  return settings;
}

it('an insert returns when ClickHouse has the rows, and is refused where a table lacks a field', async () => {
  const { INSERT, SELECT } = await settingsOf({ isReplicated: false });
  expect(INSERT).toMatchObject({
    async_insert: '0',
    wait_for_async_insert: '1',
    input_format_skip_unknown_fields: '0',
  });
  expect(INSERT?.insert_deduplication_token).toMatch(/^[0-9a-f-]{36}$/);
  expect(SELECT).toMatchObject({ max_execution_time: '7' });
  expect(INSERT).not.toHaveProperty('insert_quorum');
});

it('on a cluster an insert returns when a majority of replicas has the rows, and a query reads what they have', async () => {
  const { INSERT, SELECT } = await settingsOf({ isReplicated: true });
  expect(INSERT).toMatchObject({
    insert_quorum: 'auto',
    insert_quorum_parallel: '0',
    distributed_foreground_insert: '1',
  });
  expect(SELECT).toMatchObject({ select_sequential_consistency: '1', distributed_product_mode: 'global' });
});
