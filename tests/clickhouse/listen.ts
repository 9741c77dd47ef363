import { once } from 'node:events';
import type { Server } from 'node:http';
import { onTestFinished } from 'vitest';

/** Is given what ends something. */
export type WhenOver = (end: () => void) => void;

/** Listens until the test is over, or what else `whenOver` waits for. The address, without a trailing slash. */
export async function listen(server: Server, whenOver: WhenOver = onTestFinished): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenOver(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
