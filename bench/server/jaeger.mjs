import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measured } from './server.mjs';

/** Milliseconds in which it answers. */
const START_MS = 30_000;

/**
 * Starts Jaeger (`cmd/jaeger` of the Go module github.com/jaegertracing/jaeger, tried with v1.76.0) on an empty badger database. As
 * with the server, an answer means that the batch is on the disk: badger syncs its writes, and nothing collects batches before it.
 *
 * @param {string} program its path
 */
export async function startJaeger(program) {
  const folder = mkdtempSync(join(tmpdir(), 'powerrag-jaeger-'));
  const endpoint = `127.0.0.1:${await freePort()}`;
  const file = join(folder, 'jaeger.json');
  writeFileSync(file, JSON.stringify(configuration(endpoint, folder)));
  const child = spawn(program, ['--config', `file:${file}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-4_000);
  });
  const url = `http://${endpoint}`;
  for (const startedMs = performance.now(); !(await answers(url)); ) {
    if (child.exitCode !== null || performance.now() - startedMs > START_MS) {
      child.kill();
      throw new Error(`Jaeger did not start: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, ...measured(child, folder) };
}

function configuration(endpoint, folder) {
  const badger = {
    directories: { keys: join(folder, 'keys'), values: join(folder, 'values') },
    ...{ ephemeral: false, consistency: true },
  };
  return {
    service: {
      extensions: ['jaeger_storage'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
    },
    extensions: { jaeger_storage: { backends: { badger: { badger } } } },
    receivers: { otlp: { protocols: { http: { endpoint } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'badger' } },
  };
}

async function answers(url) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: '{}' }).catch(() => null);
  return response?.status === 200;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
