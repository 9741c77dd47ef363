import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/**
 * How far a thread that does bulk work stands back behind the others, as a nice value: where more threads want to run than there are
 * processors, it gets a third of what the main thread gets, and all that nobody else wants.
 */
const NICER_BY = 5;

/**
 * Lowers the priority of the calling thread, so that the main thread answers while this one works. On Linux, where each thread has a
 * priority of its own (setpriority(2) takes the id of a thread); elsewhere it changes nothing, since there it would be that of the process.
 */
export function lowerPriority(): void {
  try {
    // `PROCESS/task/THREAD`, of the thread that asks.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (!(thread > 0) || thread === process.pid) return;
    setPriority(thread, Math.min(getPriority(thread) + NICER_BY, constants.priority.PRIORITY_LOW));
  } catch {
    // No Linux, or no /proc: all threads stay equal.
  }
}
