import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedIds } from '../support/loss.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { drain, type EmitPlan, missing, NOWHERE, newLedger, readLedger, startEmitting } from '../support/spool.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

const SPANS = 1_000;

async function run(
  sessionId: string,
  ending: EmitPlan['ending'],
  options?: EmitPlan['options'],
  nodeArgs: string[] = [],
) {
  const plan: EmitPlan = { ledger: newLedger(), sessionId, perTick: SPANS, ticks: 1 };
  const application = startEmitting({ ...plan, ...(ending && { ending }), ...(options && { options }) }, nodeArgs);
  const exit = await application.ended;
  return {
    exit,
    stderr: application.stderr(),
    stdout: application.stdout(),
    ids: readLedger(plan.ledger).map(({ id }) => id),
  };
}

describe('everything that a program had not sent when it ended is sent by the next one', () => {
  it.each([NOWHERE, 'a server that answers'])('by process.exit(0) at once, with %s (E07)', async (server_) => {
    const spoolDirectory = join(temporaryFolder(), 'spool');
    const baseUrl = server_ === NOWHERE ? NOWHERE : server.url;
    const sessionId = `E07 ${server_}`;
    const { exit, ids, stderr } = await run(sessionId, 'exit', { spoolDirectory, baseUrl });
    expect({ exit, stderr }).toEqual({ exit: { code: 0, signal: null }, stderr: '' });
    expect(ids).toHaveLength(SPANS);
    await drain(spoolDirectory, server.url);
    expect(missing(ids, await storedIds(server.url, sessionId))).toEqual([]);
  });

  it.each([
    ['an uncaught exception', 'throw', []],
    ['an unhandled rejection', 'reject', []],
    ['an unhandled rejection that is only warned of', 'reject', ['--unhandled-rejections=warn']],
  ] as const)('by %s, and the program ends as it would without us (E19)', async (what, ending, nodeArgs) => {
    const spoolDirectory = join(temporaryFolder(), 'spool');
    const options = { spoolDirectory, baseUrl: NOWHERE };
    const without = await run('', ending, undefined, [...nodeArgs]);
    const { exit, ids, stderr, stdout } = await run(`E19 ${what}`, ending, options, [...nodeArgs]);
    expect({ exit, stdout }).toEqual({ exit: without.exit, stdout: without.stdout });
    expect(ownLinesOut(stderr)).toEqual(ownLinesOut(without.stderr));
    expect(without.stderr).toContain('the application’s own');
    await drain(spoolDirectory, server.url);
    expect(missing(ids, await storedIds(server.url, `E19 ${what}`))).toEqual([]);
  });
});

/** Without process ids, which always differ, and without our log lines about the server that is down. */
function ownLinesOut(stderr: string): string {
  return stderr
    .replace(/\(node:\d+\)/g, '(node)')
    .replace(/^\[powerrag\] (spans could not be sent|\d+ spans? kept in the spool).*\n/gm, '');
}
