import type { Message, MessagePart, SearchKind } from '@powerrag/protocol';
import { failureReason } from '../base/failure-reason.js';
import type { OneTrace } from '../replay/index.js';
import type { SearchEntry } from '../search/index.js';
import type { StoredObservation, StoredTrace } from '../store/contract.js';

/** Characters of one text that are searchable, from its beginning. */
const LONGEST_TEXT = 32_768;
/** Characters of one trace that are searchable, from its beginning. */
const MOST_TEXT = 1_048_576;
/** An error message is often followed by a stack. */
const LONGEST_ERROR = 2_000;

/** The searchable texts of a trace, in conversation order. Repeated names and errors appear once. */
export function entriesOf(
  trace: StoredTrace,
  observations: readonly StoredObservation[],
  { turns, answered }: OneTrace,
): SearchEntry[] {
  const entries = new Entries();
  for (const { messages } of turns) {
    for (const message of messages) {
      const kind = message.role === 'user' ? 'question' : 'answer';
      entries.add(kind, message.observationId, message.atMs, textIn(message));
    }
  }
  for (const { observation, messages } of answered) {
    const atMs = observation.endMs ?? observation.startMs;
    for (const name of messages.flatMap(({ parts }) => parts).flatMap(toolName)) {
      entries.addOnce('tool', observation.id, atMs, name);
    }
  }
  for (const { id, type, name, level, startMs, endMs, statusMessage } of observations) {
    entries.addOnce(type === 'tool' ? 'tool' : 'observation', id, startMs, name);
    if (level === 'ERROR' && statusMessage !== null) {
      entries.addOnce('error', id, endMs ?? startMs, errorText(statusMessage));
    }
  }
  const [first] = observations;
  if (first !== undefined) entries.addOnce('observation', first.id, first.startMs, trace.name);
  return entries.all.sort((a, b) => a.atMs - b.atMs);
}

/** What it says in words first, so that this is what a result of a search shows. */
function errorText(statusMessage: string): string {
  const reason = failureReason(statusMessage);
  return (reason === null ? statusMessage : `${reason}\n${statusMessage}`).slice(0, LONGEST_ERROR);
}

/** The text of a message, including an answer that is structured output in JSON. */
export function textIn({ parts }: Pick<Message, 'parts'>): string {
  return parts.flatMap(textOfPart).join('\n').trim();
}

function textOfPart(part: MessagePart): string | [] {
  if (part.type === 'text') return part.text;
  return part.type === 'json' ? (typeof part.value === 'string' ? part.value : JSON.stringify(part.value)) : [];
}

function toolName(part: MessagePart): string | [] {
  return part.type === 'tool_call' ? part.name : [];
}

class Entries {
  readonly all: SearchEntry[] = [];
  readonly #seen = new Set<string>();
  #left = MOST_TEXT;

  add(kind: SearchKind, observationId: string, atMs: number, whole: string): void {
    const text = whole.slice(0, Math.min(LONGEST_TEXT, this.#left));
    if (text === '') return;
    this.#left -= text.length;
    this.all.push({ kind, observationId, atMs, text });
  }

  addOnce(kind: SearchKind, observationId: string, atMs: number, text: string): void {
    const key = `${kind} ${text}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.add(kind, observationId, atMs, text);
  }
}
