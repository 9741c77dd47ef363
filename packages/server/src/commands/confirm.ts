import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { UsageError } from './usage-error.js';

/**
 * Asks a question on a terminal: anything but `y` or `yes` is no, and so is the end of the input.
 *
 * Rejects with `UsageError` where there is no terminal: a program must say beforehand that it is sure.
 */
export async function confirmOn(input: Readable & { isTTY?: boolean }, output: Writable, question: string) {
  if (input.isTTY !== true)
    throw new UsageError('There is no terminal to ask on; add --yes to delete without a question.');
  const lines = createInterface({ input, output });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return /^y(es)?$/i.test((await Promise.race([lines.question(question), ended])).trim());
  } finally {
    lines.close();
  }
}
