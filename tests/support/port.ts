import { once } from 'node:events';
import { createServer } from 'node:net';

/** Rejects with a sentence that names the port and the fix when something already listens on it. */
export async function requireFreePort(port: number): Promise<void> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (cause) {
    throw new Error(`this test needs port ${port} on 127.0.0.1, and it is taken: stop what listens there`, { cause });
  }
  probe.close();
  await once(probe, 'close');
}

/** A port on 127.0.0.1 that nothing listens on at the moment: for a server that is to come back on the same port. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
