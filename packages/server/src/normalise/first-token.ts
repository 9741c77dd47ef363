import type { OtlpSpan } from '../otlp/otlp.js';
import { MAX_WAIT_MS, momentOrNull } from './bounds.js';
import { toMs } from './otel.js';
import { parseJson, type Rule, type SpanReader } from './span-reader.js';

/**
 * Names of the events that mark the first piece of a streamed answer: OpenInference's `First Token Stream Event`, the AI
 * SDK's `ai.stream.firstChunk`, `gen_ai.first_token` and its like, LangSmith's `new_token`.
 */
const FIRST_TOKEN = /first[ ._-]?(?:token|chunk)|^new_token$/i;

/** When the first of these events came, Unix milliseconds. */
export function firstTokenEventMs({ events }: OtlpSpan): number | undefined {
  let first: bigint | undefined;
  for (const { name, timeUnixNano } of events) {
    if (FIRST_TOKEN.test(name) && (first === undefined || timeUnixNano < first)) first = timeUnixNano;
  }
  return first === undefined ? undefined : toMs(first);
}

/** An instant in ISO 8601. Some SDKs write it as JSON, hence in quotes; some versions quote it once more. Unix milliseconds. */
export function instantAt(key: string): Rule<number> {
  return (span: SpanReader) => {
    let value = span.peek(key);
    for (let quotes = 0; quotes < 3 && typeof value === 'string' && value.startsWith('"'); quotes++) {
      value = parseJson(value);
    }
    const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (momentOrNull(instant) === null) return undefined;
    span.claim(key);
    return instant;
  };
}

const FIRST_TOKEN_KEY = 'gen_ai.server.time_to_first_token';

/** GitHub Copilot in VS Code writes milliseconds. */
const FIRST_TOKEN_OF_COPILOT = 'copilot_chat.time_to_first_token';

/** In seconds, like the metric of the GenAI conventions with this name (OpenLIT); Strands writes milliseconds. */
export const msToFirstToken: Rule<number> = (reader) => {
  if (!reader.has(FIRST_TOKEN_KEY)) return reader.count(FIRST_TOKEN_OF_COPILOT, MAX_WAIT_MS);
  const unit = isOfStrands(reader) ? 1 : 1_000;
  const count = reader.count(FIRST_TOKEN_KEY, MAX_WAIT_MS / unit);
  return count === undefined ? undefined : count * unit;
};

function isOfStrands(reader: SpanReader): boolean {
  const system = reader.peek('gen_ai.provider.name') ?? reader.peek('gen_ai.system');
  return reader.span.scope.name.startsWith('strands') || system === 'strands-agents';
}
