import { Socket } from 'node:net';
import { systemClock } from '../base/clock.js';

/** Connections that the system is making now. One set for all processors: together they may be all that a process waits for. */
const connecting = new Set<Socket>();
const CHECK_MS = 250;
let cancelCheck: (() => void) | undefined;

/**
 * Lets a process end while a connection of ours is being made. `unref` is not enough for that: libuv waits for the system's answer
 * to a connect, which does not come where a host does not answer. So the connection is given up when nothing else is waited for.
 *
 * @param made what undici's connector has returned: a socket, though its type does not say so.
 */
export function unrefWhileConnecting(made: unknown): void {
  if (!(made instanceof Socket)) return;
  made.unref();
  if (!made.connecting) return;
  // Of several addresses of a name, each is tried on a handle of its own.
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
  giveUpIfAlone();
}

function giveUpIfAlone(): void {
  try {
    if (!areAllThatIsWaitedFor()) return;
  } catch {
    // The application may have put something of its own in the place of its output.
    return;
  }
  for (const socket of connecting) {
    socket.destroy(new Error('the host did not answer yet, and the process has nothing else to do'));
  }
}

/** What a native addon waits for is not seen here. A connection that is given up too early for that is made again. */
function areAllThatIsWaitedFor(): boolean {
  const others = waitedForBesides();
  if (!others?.every((resource) => resource === 'PipeWrap' || resource === 'TTYWrap')) return false;
  if (others.length === 0) return true;
  // The output is among them, if it is a pipe or a terminal, though nothing is waited for there; the input is if it is read.
  const outputs = [process.stdout, process.stderr].filter((output) => output instanceof Socket && !output.destroyed);
  return waitedForBesides()?.length === outputs.length;
}

/** What the process waits for beside our connections; undefined where connections of others are being made, or that is not known. */
function waitedForBesides(): readonly string[] | undefined {
  // Not every runtime that has Node's modules has this; there, the time-out of the connection has to do.
  const waitedFor: readonly string[] = process.getActiveResourcesInfo?.() ?? [];
  const others = waitedFor.filter((resource) => resource !== 'ConnectWrap');
  const connections = waitedFor.length - others.length;
  return connections > 0 && connections <= connecting.size ? others : undefined;
}
