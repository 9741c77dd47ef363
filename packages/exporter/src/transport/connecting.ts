import { Socket } from 'node:net';
import { systemClock } from '../base/clock.js';

/** Sockets that are connecting now, of all processors: together they may be all that keeps the process alive. */
const connecting = new Set<Socket>();
const CHECK_MS = 250;
let cancelCheck: (() => void) | undefined;

/**
 * Lets the process end while this socket connects. `unref` is not enough for that: libuv keeps the event loop alive until the
 * system has answered a connect, which takes long if packets to the host are dropped. So the attempt is aborted when connection
 * attempts are all that keeps the process alive.
 *
 * @param made what undici's connector has returned: a socket, though its type does not say so.
 */
export function unrefWhileConnecting(made: unknown): void {
  if (!(made instanceof Socket)) return;
  // For a TLS handshake, this is enough.
  made.unref();
  if (!made.connecting) return;
  // If a name has several addresses, each is tried on a new handle.
  made.on('connectionAttempt', () => made.unref());
  made.once('connect', () => forget(made));
  made.once('close', () => forget(made));
  connecting.add(made);
  cancelCheck ??= systemClock.after(CHECK_MS, check);
}

function forget(socket: Socket): void {
  connecting.delete(socket);
  if (connecting.size > 0) return;
  cancelCheck?.();
  cancelCheck = undefined;
}

function check(): void {
  cancelCheck = systemClock.after(CHECK_MS, check);
  try {
    if (!isNothingElseActive()) return;
  } catch {
    // The application may have replaced process.stdout or process.stderr.
    return;
  }
  for (const socket of connecting) {
    socket.destroy(new Error('the host did not answer yet, and the process has nothing else to do'));
  }
}

/** Whether only our connection attempts keep the process alive. Does not see native addons; an aborted attempt is made again. */
function isNothingElseActive(): boolean {
  const others = otherResources();
  if (!others?.every((resource) => resource === 'PipeWrap' || resource === 'TTYWrap')) return false;
  if (others.length === 0) return true;
  // Standard output and error are listed if they are pipes or terminals, though they keep nothing alive. Standard input is listed
  // while it is read, which does. Reading the two properties may create their handles, so the list is read again.
  const outputs = [process.stdout, process.stderr].filter((output) => output instanceof Socket && !output.destroyed);
  return otherResources()?.length === outputs.length;
}

/** Active resources except our connection attempts; undefined if others are connecting too, or the runtime does not list them. */
function otherResources(): readonly string[] | undefined {
  const resources: readonly string[] = process.getActiveResourcesInfo?.() ?? [];
  const others = resources.filter((resource) => resource !== 'ConnectWrap');
  const attempts = resources.length - others.length;
  return attempts > 0 && attempts <= connecting.size ? others : undefined;
}
