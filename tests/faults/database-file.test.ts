import { copyFileSync, linkSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LedgerBatch, LedgerSender } from '../support/ledger-sender.js';
import { storedIds } from '../support/loss.js';
import { type SentSpan, toOtlpJson } from '../support/otlp.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';

/** A server that receives spans, and what it writes to stderr. */
async function startLoaded(database?: string) {
  const server = await startServer(database === undefined ? {} : { database });
  onTestFinished(() => server.kill());
  let errors = '';
  server.process.stderr?.on('data', (bytes) => {
    errors += bytes;
  });
  return { server, lines: () => errors.split('\n').filter((line) => line !== '') };
}

const sendTo = (server: ServerProcess) =>
  new LedgerSender({ url: server.url, sessionId: 's', concurrency: 4, spansPerBatch: 3 });

const spanIds = (batches: readonly LedgerBatch[]) => batches.flatMap(({ spans }) => spans.map(({ spanId }) => spanId));
const acknowledged = (batches: readonly LedgerBatch[]) => batches.filter((batch) => batch.acknowledged);

const SPAN: SentSpan = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'one',
  startUnixNano: 1_700_000_000_000_000_000n,
  endUnixNano: 1_700_000_000_000_000_001n,
  attributes: { 'session.id': 'other' },
};

const postOne = (url: string) =>
  fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: toOtlpJson([SPAN]),
  });

/** What a sender, a probe and the log see of a missing file. */
async function expectRefusal({ server, lines }: Awaited<ReturnType<typeof startLoaded>>, what: RegExp): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const response = await postOne(server.url);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.text()).toMatch(what);
  }
  const health = await fetch(`${server.url}/health`);
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ status: 'failing', message: expect.stringMatching(what) });
  expect(lines()).toEqual([expect.stringMatching(what)]);
}

describe('a database file that disappears while the server takes traces in', () => {
  it.each<[string, RegExp, (database: string) => void]>([
    [
      'deleted with the files beside it',
      /was deleted/,
      (database) => {
        for (const end of ['', '-wal', '-shm', '-lock']) rmSync(`${database}${end}`);
      },
    ],
    ['deleted alone', /was deleted/, (database) => rmSync(database)],
  ])('%s: nothing is acknowledged that is gone after the restart', async (_what, message, lose) => {
    const loaded = await startLoaded();
    const { server } = loaded;
    const sender = sendTo(server);
    await waitFor(() => sender.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
    lose(server.database);
    await sender.ended();
    await expectRefusal(loaded, message);
    const before = sender.acknowledgedCount;
    const later = sendTo(server);
    await later.ended();
    expect(later.acknowledgedCount).toBe(0);
    expect(sender.acknowledgedCount).toBe(before);
    await server.stop();

    const restarted = (await startLoaded(server.database)).server;
    const again = sendTo(restarted);
    await waitFor(() => again.acknowledgedCount > 5, { what: 'acknowledgements' });
    await again.stop();
    expect((await storedIds(restarted.url, 's')).toSorted()).toEqual(spanIds(acknowledged(again.batches)).toSorted());
  });

  it('truncated to nothing: the next start says so', async () => {
    const loaded = await startLoaded();
    const { server } = loaded;
    const sender = sendTo(server);
    await waitFor(() => sender.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
    truncateSync(server.database);
    await sender.ended();
    await expectRefusal(loaded, /was overwritten or cut/);
    await server.stop();
    await expect(startServer({ database: server.database })).rejects.toThrow(/its content is lost/);
  });

  it.each<[string, RegExp, (copy: string, database: string) => void]>([
    ['renamed', /was replaced/, renameSync],
    ['copied', /was overwritten/, copyFileSync],
  ])('a backup is %s over it: after the restart the backup is there, whole', async (_how, message, restore) => {
    const first = (await startLoaded()).server;
    const early = sendTo(first);
    await waitFor(() => early.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
    await early.stop();
    await first.stop();
    const copy = `${dirname(first.database)}/backup.db`;
    copyFileSync(first.database, copy);

    const loaded = await startLoaded(first.database);
    const sender = sendTo(loaded.server);
    await waitFor(() => sender.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
    restore(copy, first.database);
    await sender.ended();
    await expectRefusal(loaded, message);
    await loaded.server.stop();

    const restarted = (await startLoaded(first.database)).server;
    expect((await storedIds(restarted.url, 's')).toSorted()).toEqual(spanIds(acknowledged(early.batches)).toSorted());
  });

  it('moved with its folder: everything acknowledged is in the folder', async () => {
    const loaded = await startLoaded();
    const { server } = loaded;
    const sender = sendTo(server);
    await waitFor(() => sender.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
    const folder = dirname(server.database);
    const moved = `${folder}-moved`;
    renameSync(folder, moved);
    onTestFinished(() => rmSync(moved, { recursive: true, force: true }));
    await sender.ended();
    await expectRefusal(loaded, /was moved/);
    await server.kill();

    const restarted = (await startLoaded(`${moved}/powerrag.db`)).server;
    const stored = new Set(await storedIds(restarted.url, 's'));
    expect(spanIds(acknowledged(sender.batches)).filter((id) => !stored.has(id))).toEqual([]);
    await restarted.stop();
  });
});

describe('a second server', () => {
  it('on the same file, after the lock was deleted, is the only one that acknowledges, and everything acknowledged is stored', async () => {
    const loaded = await startLoaded();
    const first = sendTo(loaded.server);
    await waitFor(() => first.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
    rmSync(`${loaded.server.database}-lock`);
    const newcomer = (await startLoaded(loaded.server.database)).server;
    const second = sendTo(newcomer);
    await first.ended();
    await expectRefusal(loaded, /another server has taken over/);
    await waitFor(() => second.acknowledgedCount > 20, { what: 'twenty acknowledgements' });
    await loaded.server.stop();
    await second.stop();
    await newcomer.kill();

    const restarted = (await startLoaded(loaded.server.database)).server;
    const stored = new Set(await storedIds(restarted.url, 's'));
    const all = acknowledged([...first.batches, ...second.batches]);
    expect(spanIds(all).filter((id) => !stored.has(id))).toEqual([]);
  });

  it('does not start over a hard link to the file', async () => {
    const { server } = await startLoaded();
    const link = `${dirname(server.database)}/link.db`;
    linkSync(server.database, link);
    await expect(startServer({ database: link })).rejects.toThrow(/has a second name \(a hard link\)/);
    expect((await postOne(server.url)).status).toBe(200);
  });
});
