import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBlackHole, startSilentServer } from './testing/black-hole.js';
import { startCollector } from './testing/collector.js';
import { startProxy } from './testing/proxy.js';

const packageDirectory = fileURLToPath(new URL('..', import.meta.url));
/** Inside the package, so that what is built there finds the package's dependencies. */
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(path.join(packageDirectory, 'node_modules', '.exit-test-'));
  await build({
    entry: ['register-now', 'processor'].map((name) => path.join(packageDirectory, `src/${name}.ts`)),
    outDir: directory,
    format: ['esm'],
    outExtension: () => ({ js: '.mjs' }),
    external: [/^@opentelemetry\//, 'undici'],
    noExternal: [/^@powerrag\/protocol/],
    config: false,
    silent: true,
    dts: false,
    clean: false,
  });
}, 60_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

const { resolve: resolveModule } = createRequire(import.meta.url);
const api = resolveModule('@opentelemetry/api');
const sdk = resolveModule('@opentelemetry/sdk-trace-base');

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Starts a program with `--import …/register`; it has `emit(count)`. */
function start(baseUrl: string, program: string, variables = {}): ChildProcessWithoutNullStreams {
  const source = `
    const { trace } = require(${JSON.stringify(api)});
    const emit = (count) => { for (let i = 0; i < count; i++) trace.getTracer('test').startSpan('span').end(); };
    ${program}`;
  return spawn(process.execPath, ['--import', path.join(directory, 'register-now.mjs'), '-e', source], {
    env: { PATH: process.env.PATH, POWERRAG_BASE_URL: baseUrl, ...variables },
  });
}

/** Runs it to its end; it prints 'ready' when it expects a signal. */
async function run(baseUrl: string, program: string, signal?: NodeJS.Signals, variables = {}): Promise<Ended> {
  const child = start(baseUrl, program, variables);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  if (signal) child.stdout.once('data', () => child.kill(signal));
  else child.stdout.resume();
  return await new Promise((resolve) =>
    child.on('close', (code, endedBy) => resolve({ code, signal: endedBy, stderr })),
  );
}

/** Runs until the spans of the earlier process have been sent. */
const untilRecovered = `
  const { processor } = globalThis[Symbol.for('powerrag.registration')];
  const timer = setInterval(() => processor.stats().recovered === 1000 && clearInterval(timer), 20);`;
const ready = "console.log('ready'); setInterval(() => {}, 1000);";

describe('a program that', () => {
  it('ends by itself sends every span', async () => {
    const collector = await startCollector();
    expect(await run(collector.baseUrl, 'emit(1000);')).toEqual({ code: 0, signal: null, stderr: '' });
    expect(collector.spans()).toHaveLength(1_000);
  });

  it('gets SIGTERM and has no handler sends every span, and ends by SIGTERM', async () => {
    const collector = await startCollector();
    const ended = await run(collector.baseUrl, `emit(1000); ${ready}`, 'SIGTERM');
    expect(ended).toEqual({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(collector.spans()).toHaveLength(1_000);
  });

  it('has a fast and a slow processor and gets SIGTERM sends the spans of both, and ends by SIGTERM', async () => {
    const slow = await startCollector((_request, response) => setTimeout(() => response.end(), 500));
    const fast = await startCollector();
    const program = `
      const { BasicTracerProvider } = require(${JSON.stringify(sdk)});
      import(${JSON.stringify(path.join(directory, 'processor.mjs'))}).then(({ PowerRAGSpanProcessor }) => {
        const processor = new PowerRAGSpanProcessor({ baseUrl: '${fast.baseUrl}' });
        const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('second');
        for (let i = 0; i < 10; i++) tracer.startSpan('span').end();
        emit(1000);
        ${ready}
      });`;
    const ended = await run(slow.baseUrl, program, 'SIGTERM');
    expect(ended).toEqual({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(slow.spans()).toHaveLength(1_000);
    expect(fast.spans()).toHaveLength(10);
  });

  it('exits during shutdown() leaves its spans in the spool, and the next process sends them', async () => {
    const variables = { POWERRAG_SPOOL_DIRECTORY: path.join(directory, 'spool-in-shutdown') };
    const collector = await startCollector();
    const program = `emit(1000); globalThis[Symbol.for('powerrag.registration')].shutdown(); process.exit(3);`;
    expect((await run(collector.baseUrl, program, undefined, variables)).code).toBe(3);
    expect(collector.spans()).toHaveLength(0);
    await run(collector.baseUrl, untilRecovered, undefined, variables);
    expect(collector.spans()).toHaveLength(1_000);
  });

  it('handles SIGTERM ends with its own exit code', async () => {
    const collector = await startCollector();
    const ended = await run(collector.baseUrl, `process.on('SIGTERM', () => process.exit(7)); ${ready}`, 'SIGTERM');
    expect(ended).toEqual({ code: 7, signal: null, stderr: '' });
  });

  it('throws ends with exit code 1 and its own error', async () => {
    const collector = await startCollector();
    const ended = await run(collector.baseUrl, "emit(10); throw new Error('mine');");
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('mine');
  });

  it('has a closed standard error continues when the exporter logs', async () => {
    const child = start('ftp://no-such-scheme', 'setTimeout(() => process.exit(7), 500);');
    child.stderr.destroy();
    child.stdout.resume();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(7);
  });

  it('calls process.exit() logs how many spans that dropped', async () => {
    const ended = await run('http://127.0.0.1:1', 'emit(10); process.exit(3);');
    expect(ended).toEqual({
      code: 3,
      signal: null,
      stderr:
        '[powerrag] 10 spans dropped because the process ended. Await forceFlush() before process.exit(), ' +
        'or set spoolDirectory to keep them for the next process.\n',
    });
  });

  it.each([
    ['calls process.exit()', 'process.exit(3);', 3],
    ['throws', "throw new Error('mine');", 1],
  ])('%s leaves its spans in the spool, and the next process sends them', async (_name, end, code) => {
    const variables = { POWERRAG_SPOOL_DIRECTORY: path.join(directory, `spool-${code}`) };
    const collector = await startCollector();
    expect((await run(collector.baseUrl, `emit(1000); ${end}`, undefined, variables)).code).toBe(code);
    expect(collector.spans()).toHaveLength(0);
    await run(collector.baseUrl, untilRecovered, undefined, variables);
    expect(collector.spans()).toHaveLength(1_000);
  });

  it('calls process.exit() ends at once even if a request is never answered', async () => {
    const { baseUrl } = await startCollector(() => {});
    const ended = await run(baseUrl, 'emit(600); setTimeout(() => process.exit(5), 100);');
    expect(ended.code).toBe(5);
  });
}, 30_000);

describe('a program whose server is not running', () => {
  /** Nothing listens there. */
  const baseUrl = 'http://127.0.0.1:1';
  const reason =
    `the server at ${baseUrl} was not reachable: connect ECONNREFUSED 127.0.0.1:1. Is the server running, ` +
    'and is baseUrl (POWERRAG_BASE_URL) its URL?';
  const line =
    `[powerrag] 10 spans dropped because the process ended and ${reason} ` +
    'Set spoolDirectory to keep them for the next process.\n';

  it('logs one line with the number of dropped spans and the URL, and ends before one whose server may still answer', async () => {
    const silent = await startSilentServer();
    const order: string[] = [];
    const patient = run(`http://127.0.0.1:${silent.port}`, 'emit(10);').then(() => order.push('may answer'));
    const ended = await run(baseUrl, 'emit(10);');
    order.push('not running');
    await patient;
    expect(ended).toEqual({ code: 0, signal: null, stderr: line });
    expect(order).toEqual(['not running', 'may answer']);
  });

  it('logs the same line when it gets SIGTERM, and ends by SIGTERM', async () => {
    expect(await run(baseUrl, `emit(10); ${ready}`, 'SIGTERM')).toEqual({
      code: null,
      signal: 'SIGTERM',
      stderr: line,
    });
  });

  it('logs how many spans it left in the spool', async () => {
    const variables = { POWERRAG_SPOOL_DIRECTORY: path.join(directory, 'spool-without-server') };
    const ended = await run(baseUrl, 'emit(10);', undefined, variables);
    const stderr = `[powerrag] 10 spans kept in the spool for the next process, because ${reason}\n`;
    expect(ended).toEqual({ code: 0, signal: null, stderr });
  });

  it('waits longer for a server that has answered before, and sends every span when it is back', async () => {
    const first = await startCollector();
    const child = start(first.baseUrl, "emit(10); process.stdin.once('data', () => emit(5));");
    child.stdout.resume();
    const code = new Promise((resolve) => child.on('close', resolve));
    await first.received(1);
    await first.close();
    child.stdin.end('go on');
    // The exporter logs that the server does not take the spans. A program that has never reached it gives up meanwhile.
    await once(child.stderr, 'data');
    await run(baseUrl, 'emit(10);');
    const second = await startCollector(undefined, undefined, Number(new URL(first.baseUrl).port));
    expect(await code).toBe(0);
    expect(second.spans()).toHaveLength(5);
  });
}, 30_000);

describe('a program that is still connecting to the server', () => {
  /** Sends a span without exit hooks, so that only the connection could keep the process alive. */
  const sendOne = (baseUrl: string, log = 'console.error'): string => `
    const { BasicTracerProvider } = require(${JSON.stringify(sdk)});
    import(${JSON.stringify(path.join(directory, 'processor.mjs'))}).then(({ PowerRAGSpanProcessor }) => {
      const processor = new PowerRAGSpanProcessor({ baseUrl: '${baseUrl}', exitHooks: false, flushAt: 1, log: ${log} });
      new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('test').startSpan('span').end();
      setTimeout(() => {}, 300);
    });`;
  const ended = (stderr: unknown) => ({ code: 0, signal: null, stderr });
  const aborted = expect.stringMatching(/^\[powerrag\] spans could not be sent and are kept: .*nothing else to do/);
  const unused = 'http://127.0.0.1:1';

  it('ends while the host does not answer', async () => {
    const port = await startBlackHole();
    expect(await run(unused, sendOne(`http://127.0.0.1:${port}`))).toEqual(ended(aborted));
    expect(await run(unused, sendOne(`https://127.0.0.1:${port}`))).toEqual(ended(aborted));
  });

  it('ends while the last of several addresses does not answer', async () => {
    const addresses = "[{ address: '127.0.0.2', family: 4 }, { address: '127.0.0.1', family: 4 }]";
    const lookup = `require('dns').lookup = (_host, _options, found) => setImmediate(found, null, ${addresses});`;
    const program = lookup + sendOne(`http://spans.example:${await startBlackHole()}`);
    expect(await run(unused, program)).toEqual(ended(aborted));
  });

  it('waits for the host while it has something else to do, such as reading its input', async () => {
    const reading = "console.log('ready'); process.stdin.resume();";
    const end = '(line) => { console.error(line); process.exit(); }';
    const program = reading + sendOne(`http://127.0.0.1:${await startBlackHole()}`, end);
    expect(await run(unused, program)).toEqual(ended(expect.stringContaining('Connect Timeout Error')));
  });

  it('ends while the proxy does not answer', async () => {
    const proxy = `http://127.0.0.1:${await startBlackHole()}`;
    const variables = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
    expect(await run(unused, sendOne('http://spans.example'), undefined, variables)).toEqual(ended(aborted));
    expect(await run(unused, sendOne('https://spans.example'), undefined, variables)).toEqual(ended(aborted));
  });

  it('ends while the server does not answer the TLS handshake', async () => {
    const server = await startSilentServer();
    expect(await run(unused, sendOne(`https://localhost:${server.port}`))).toEqual(ended(''));
    expect(server.taken).toBe(1);
  });

  it('ends while the proxy does not open the tunnel, or the server behind it does not answer', async () => {
    const silent = await startSilentServer();
    const variables = { HTTPS_PROXY: `http://127.0.0.1:${silent.port}` };
    expect(await run(unused, sendOne('https://spans.example'), undefined, variables)).toEqual(ended(''));
    expect(silent.taken).toBe(1);
    const proxy = await startProxy();
    const program = sendOne(`https://spans.example:${silent.port}`);
    const through = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    expect(await run(unused, program, undefined, through)).toEqual(ended(''));
    expect(silent.taken).toBe(2);
  });

  it('ends while the host still does not answer, and logs that the server was not reachable', async () => {
    const baseUrl = `http://127.0.0.1:${await startBlackHole()}`;
    const { code, stderr } = await run(baseUrl, 'emit(600);');
    expect(code).toBe(0);
    expect(stderr).toContain(
      `600 spans dropped because the process ended and the server at ${baseUrl} was not reachable: Connect Timeout Error`,
    );
    expect(stderr).not.toContain('process.exit()');
  });

  it('waits 5 seconds for a server that took the connection, and logs how many spans were dropped', async () => {
    const { port } = await startSilentServer();
    const { code, stderr } = await run(`http://127.0.0.1:${port}`, 'emit(600);');
    expect(code).toBe(0);
    expect(stderr).toContain(
      '600 spans dropped because the process ended. The server did not accept them within 5 s: is it running? ' +
        'Set spoolDirectory to keep them for the next process.',
    );
    expect(stderr).not.toContain('process.exit()');
  });
}, 30_000);
