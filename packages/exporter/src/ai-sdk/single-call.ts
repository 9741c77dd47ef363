import type { Context } from '@opentelemetry/api';
import { type ObservationType, read, SpanAttributeKeys } from '@powerrag/protocol';
import { type Recording, startSpan } from './call.js';
import { type ChannelMessage, contextEntriesOf, textOf } from './events.js';
import type { Operation } from './operation.js';
import { write, writeFailure, writeMetadata, writeType } from './span-writer.js';
import { tokenCounts } from './usage.js';

interface Shape {
  readonly type: ObservationType;
  input(event: object): unknown;
  output(result: unknown): unknown;
}

/** The operations of the AI SDK that are one call of a model each. */
const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['embed', { type: 'embedding', input: field('value'), output: (result) => vectors([read(result, 'embedding')]) }],
  ['embedMany', { type: 'embedding', input: field('value'), output: (result) => vectors(read(result, 'embeddings')) }],
  [
    'rerank',
    {
      type: 'retriever',
      input: (event) => ({ query: read(event, 'query'), documents: read(event, 'documents') }),
      output: field('ranking'),
    },
  ],
  ['generateSpeech', { type: 'generation', input: field('text'), output: () => undefined }],
  ['transcribe', { type: 'generation', input: () => undefined, output: field('text') }],
  ['streamTranscribe', { type: 'generation', input: () => undefined, output: field('text') }],
  [
    'experimental_decide',
    {
      type: 'generation',
      input: (event) => ({ state: read(event, 'state'), questions: read(event, 'questions') }),
      output: field('answers'),
    },
  ],
] satisfies [string, Shape][]);

function field(name: string): (value: unknown) => unknown {
  return (value) => read(value, name);
}

/** How many vectors of how many numbers: nobody reads the numbers. */
function vectors(embeddings: unknown): unknown {
  if (!Array.isArray(embeddings)) return undefined;
  const [first] = embeddings;
  return Array.isArray(first) ? `[${embeddings.length} × ${first.length} numbers]` : undefined;
}

/** An operation that is one call of a model. It is recorded when it ends, unless another instrumentation records it. */
export class SingleCall implements Operation {
  isRecordedElsewhere = false;
  readonly #recording: Recording;
  readonly #message: ChannelMessage;
  readonly #parent: Context;
  readonly #startMs: number;
  #ended = false;

  constructor(recording: Recording, message: ChannelMessage, parent: Context) {
    this.#recording = recording;
    this.#message = message;
    this.#parent = parent;
    this.#startMs = recording.clock.wallNow();
  }

  static knows(type: string): boolean {
    return SHAPES.has(type);
  }

  end(result: unknown, error: unknown): void {
    if (this.#ended || this.isRecordedElsewhere) return;
    this.#ended = true;
    const { event, type } = this.#message;
    const shape = SHAPES.get(type);
    if (!shape) return;
    const span = startSpan(this.#recording, textOf(event, 'functionId') ?? type, this.#parent, this.#startMs);
    writeType(span, shape.type);
    write(span, SpanAttributeKeys.observationModel, textOf(event, 'modelId'));
    write(span, 'ai.model.provider', textOf(event, 'provider'));
    if (read(event, 'recordInputs') !== false) write(span, SpanAttributeKeys.observationInput, shape.input(event));
    write(span, SpanAttributeKeys.observationOutput, shape.output(result));
    write(span, SpanAttributeKeys.observationUsageDetails, tokenCounts(read(result, 'usage')));
    writeMetadata(span, { operationId: read(event, 'operationId'), aiVersion: read(event, 'aiVersion') });
    for (const [key, value] of contextEntriesOf(event)) write(span, `ai.settings.context.${key}`, value);
    if (error !== undefined) writeFailure(span, error);
    span.end();
  }

  abandon(): void {
    this.#ended = true;
  }
}
