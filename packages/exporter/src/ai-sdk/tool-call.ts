import { type Context, type Span, trace } from '@opentelemetry/api';
import { read, SpanAttributeKeys } from '@powerrag/protocol';
import { type Call, type Recording, startSpan } from './call.js';
import type { ChannelMessage } from './events.js';
import type { Operation } from './operation.js';
import { write, writeFailure, writeMetadata, writeType } from './span-writer.js';

/** One execution of a tool. */
export class ToolCall implements Operation {
  readonly span: Span;
  readonly #call: Call | undefined;
  #ended = false;

  constructor(recording: Recording, { event }: ChannelMessage, call: Call | undefined, parent: Context) {
    this.#call = call;
    const toolCall = read(event, 'toolCall');
    const name = read(toolCall, 'toolName');
    const below = call ? trace.setSpan(parent, call.span) : parent;
    this.span = startSpan(recording, typeof name === 'string' ? name : 'tool', below);
    call?.started(this);
    writeType(this.span, 'tool');
    write(this.span, SpanAttributeKeys.observationInput, read(toolCall, 'input'));
    writeMetadata(this.span, { toolCallId: read(toolCall, 'toolCallId') });
  }

  end(result: unknown, error: unknown): void {
    this.#end(() => {
      const output = read(result, 'output');
      write(this.span, SpanAttributeKeys.observationOutput, read(output, 'output'));
      // An error of a tool is a result like any other: the model gets it.
      const failure = error ?? (read(output, 'type') === 'tool-error' ? read(output, 'error') : undefined);
      if (failure !== undefined) writeFailure(this.span, failure);
    });
  }

  abandon(): void {
    this.#end(() => write(this.span, SpanAttributeKeys.partial, 'abandoned'));
  }

  #end(record: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    record();
    this.span.end();
    this.#call?.ended(this);
  }
}
