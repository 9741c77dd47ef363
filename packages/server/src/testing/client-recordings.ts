import { readdirSync, readFileSync } from 'node:fs';
import { normalise } from '../normalise/index.js';
import type { Observation } from '../observation/observation.js';
import { decodeJson } from '../otlp/decode-json.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { estimateCosts, readOverrides } from '../prices/index.js';

/** What a real client sent, and what is right to show of it. */
export interface ClientRecording {
  readonly name: string;
  readonly client: string;
  readonly version?: string;
  /** What the client itself does not send, in words for the page. */
  readonly note?: string;
  /** Why no program makes the recording anew. Absent where one does. */
  readonly notRemade?: string;
  readonly right: unknown;
  readonly observations: readonly Observation[];
}

/** Prices that stay as they are, so that no estimate changes with the table that is installed. */
const withCost = estimateCosts(readOverrides('{ "*": { "input": 1, "output": 2 } }', 'the test'));

const folder = new URL('clients/', import.meta.url);

/** The recordings of `clients/`, by name. */
export function clientRecordings(): ClientRecording[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return files
    .sort()
    .map((file) => recordingOf(file.replace('.jsonl', ''), readFileSync(new URL(file, folder), 'utf8').trim()));
}

/**
 * A recording in text: the first line says what it is of, each other line is one span of OTLP/JSON, with the name of its scope;
 * attributes that nothing reads are left out.
 */
export function recordingOf(name: string, text: string): ClientRecording {
  const [head = '{}', ...lines] = text.split('\n');
  const { service = [], ...about } = JSON.parse(head);
  const scopeSpans = lines.map((line) => {
    const { scope, ...span } = JSON.parse(line);
    return { scope: { name: scope }, spans: [span] };
  });
  const request = { resourceSpans: [{ resource: { attributes: service }, scopeSpans }] };
  const { spans } = decodeJson(new TextEncoder().encode(JSON.stringify(request)), DEFAULT_LIMITS);
  const observations = spans.map((span) => withCost(normalise(span)));
  return { name, ...about, observations };
}
