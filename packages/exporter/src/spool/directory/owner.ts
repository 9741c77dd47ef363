import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import { threadId } from 'node:worker_threads';

/** Who holds a journal: one thread of one run of a process. */
export interface Holder {
  /** Where its process id is valid: a hash of host name, boot id and process-id namespace. */
  readonly space: string;
  readonly pid: number;
  /** Start time of the process, because process ids are reused; '0' if the system does not provide it. */
  readonly start: string;
  /** 0 for the main thread. */
  readonly thread: number;
}

/** The name of a journal's directory: `<created>-<random>@<space>.<pid>.<start>.<thread>`, or `…@free` without a holder. */
export interface JournalName {
  /** The part that stays the same when the holder changes. Sorts by age. */
  readonly origin: string;
  readonly holder: Holder | undefined;
}

const NAME = /^(\d{15}-[0-9a-f]{16})@(?:free|([0-9a-f]{12})\.(\d{1,10})\.(\d{1,20})\.(\d{1,10}))$/;

export function newOrigin(wallNowMs: number): string {
  return `${Math.floor(wallNowMs).toString().padStart(15, '0')}-${randomBytes(8).toString('hex')}`;
}

export function formatName({ origin, holder }: JournalName): string {
  return holder ? `${origin}@${holder.space}.${holder.pid}.${holder.start}.${holder.thread}` : `${origin}@free`;
}

export function parseName(name: string): JournalName | undefined {
  const [, origin, space, pid, start, thread] = NAME.exec(name) ?? [];
  if (origin === undefined) return undefined;
  if (space === undefined || start === undefined) return { origin, holder: undefined };
  return { origin, holder: { space, pid: Number(pid), start, thread: Number(thread) } };
}

/** This thread of this process. */
export function thisHolder(): Holder {
  const space = createHash('sha256').update([os.hostname(), bootId(), pidNamespace()].join('\0')).digest('hex');
  return { space: space.slice(0, 12), pid: process.pid, start: startOf(process.pid) ?? '0', thread: threadId };
}

export function isSame(a: Holder, b: Holder): boolean {
  return a.space === b.space && a.pid === b.pid && a.start === b.start && a.thread === b.thread;
}

/**
 * Whether a holder is still running, as visible from `here`. `unknown` if only its heartbeat can tell: it runs elsewhere, it is a
 * worker thread, which may end before its process, or its process id may have been reused.
 */
export function stateOf(holder: Holder, here: Holder): 'running' | 'ended' | 'unknown' {
  if (holder.space !== here.space) return 'unknown';
  if (!isRunning(holder.pid)) return 'ended';
  const start = startOf(holder.pid);
  if (start === undefined || holder.start === '0') return 'unknown';
  if (start !== holder.start) return 'ended';
  return holder.thread === 0 ? 'running' : 'unknown';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is running as another user.
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM';
  }
}

/** On Linux, the start time of the process in clock ticks since boot, which differs between processes with the same id. */
function startOf(pid: number): string | undefined {
  const stat = textOf(() => fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The program's name, in parentheses, may contain spaces and parentheses.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return start !== undefined && /^\d+$/.test(start) ? start : undefined;
}

function bootId(): string {
  return textOf(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
}

/** Two containers can both have a process 1. */
function pidNamespace(): string {
  return textOf(() => fs.readlinkSync('/proc/self/ns/pid'));
}

function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
