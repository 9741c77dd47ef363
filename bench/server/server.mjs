import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../packages/server/bin/powerrag.js', import.meta.url));
/** Of the clock in /proc, on every Linux in use. */
const TICKS_A_SECOND = 100;

/** Starts the built server, or that of another work tree, on a fresh database. */
export async function startServer(command = COMMAND) {
  const folder = mkdtempSync(join(tmpdir(), 'powerrag-bench-'));
  const child = spawn(process.execPath, [command, 'serve', '--port', '0', '--database', join(folder, 'bench.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let url;
  while (url === undefined) {
    const [text] = await once(child.stdout, 'data');
    output += text;
    url = /listening on (http:\/\/\S+)/.exec(output)?.[1];
  }
  return { url, ...measured(child, folder) };
}

/** What a process takes. `stop` ends it and deletes its folder. */
export function measured(child, folder) {
  return {
    /** Seconds of CPU of all its threads, up to now. */
    cpuSeconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    },
    /** The most memory that it has had, in MiB. */
    peakMiB() {
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024;
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts `send.mjs` with these arguments; `result` resolves when it has ended. */
export function startSending(...args) {
  const file = fileURLToPath(new URL('send.mjs', import.meta.url));
  const child = spawn(process.execPath, [file, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  return {
    result: once(child, 'close').then(() => JSON.parse(output)),
    stop: () => child.kill('SIGTERM'),
  };
}
