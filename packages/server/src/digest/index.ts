import type { Json } from '@powerrag/protocol';
import { readOneTrace } from '../replay/index.js';
import type { StoredTrace } from '../store/contract.js';
import type { DigestTrace } from '../store/digests.js';
import { entriesOf, textIn } from './entries.js';
import { firstLine, onOneLine } from './one-line.js';

/** The keys of a trace's metadata that give its session a title. The first one present wins. */
const TITLE_KEYS = ['session_title', 'sessionTitle'] as const;

/** Characters of bodies that the digest of one trace reads, which limits its duration. */
const MOST_BODIES = 4 * 1_048_576;

/** The text of a trace, read like a replay reads it: of a repeated history, only what this trace adds. */
export const digestTrace: DigestTrace = ({ trace, observations, readBody }) => {
  const read = readOneTrace(trace, observations, readBody, MOST_BODIES);
  const messages = read.turns.flatMap((turn) => turn.messages);
  const asked = messages.filter(({ role }) => role === 'user').map(textIn);
  const answered = messages.filter(({ role }) => role === 'assistant').map(textIn);
  return {
    title: titleOf(trace),
    question: firstOf(asked, onOneLine),
    answer: firstOf(answered.reverse(), firstLine),
    turnCount: read.turns.length,
    entries: entriesOf(trace, observations, read),
  };
};

function titleOf({ metadata = {} }: StoredTrace): string | null {
  const given = TITLE_KEYS.map((key): Json | undefined => metadata[key]);
  return firstOf(
    given.filter((value) => typeof value === 'string'),
    onOneLine,
  );
}

function firstOf(texts: readonly string[], read: (text: string) => string | null): string | null {
  for (const text of texts) {
    const line = read(text);
    if (line !== null) return line;
  }
  return null;
}
