import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { portOf } from './collector.js';

/** Takes connections into its backlog, which has room for one more than it says, and never comes to accept one. */
const DEAF = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
const ROOM = 2;

/** The port of a host that does not answer: whoever connects waits for ever. */
export async function startBlackHole(): Promise<number> {
  const child = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] });
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  });
  const [chunk] = await once(child.stdout, 'data');
  const port = Number(chunk);
  // More than there is room for: the others take what should become free.
  for (let count = 0; count < 4 * ROOM; count++) sockets.push(connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.all(sockets.slice(0, ROOM).map((socket) => once(socket, 'connect')));
  return port;
}

export interface SilentServer {
  readonly port: number;
  /** Connections that it has taken. */
  readonly taken: number;
}

/** Takes connections, and says nothing on them. */
export async function startSilentServer(): Promise<SilentServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => {}).resume()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: portOf(server.address()),
    get taken() {
      return sockets.length;
    },
  };
}
