import { createHash } from 'node:crypto';
import { type SentSpan, toOtlpJson } from '../otlp.js';

/** One observation of a made-up session. Times are milliseconds from the start of the session. */
export interface Step {
  readonly name: string;
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly parent?: string;
  readonly service?: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly model?: string;
  /** Tokens in and out. */
  readonly tokens?: readonly [input: number, output: number];
  /** US dollars. */
  readonly cost?: number;
  readonly firstToken?: number;
  /** Makes it an error. */
  readonly failure?: string;
  readonly metadata?: unknown;
}

/** Collects the observations of a made-up session, and sends them as an application would. */
export class SessionRecorder {
  readonly #startMs: number;
  readonly #attributes: Readonly<Record<string, string>>;
  readonly #spans: { readonly service: string; readonly span: SentSpan }[] = [];
  readonly #idPrefix: string;
  #traces = 0;

  /** @param attributes go on every span: the session's id, its user, its tags. */
  constructor(startMs: number, attributes: Readonly<Record<string, string>>) {
    this.#startMs = startMs;
    // The traces of two sessions must not share an id.
    this.#idPrefix = createHash('sha256').update(JSON.stringify(attributes)).digest('hex').slice(0, 28);
    this.#attributes = attributes;
  }

  /** Begins a trace; the result adds an observation to it and gives its id. */
  trace(): (step: Step) => string {
    const traceId = `${this.#idPrefix}${String(++this.#traces).padStart(4, '0')}`;
    return (step) => {
      const spanId = `${this.#spans.length + 1}`.padStart(16, 'b');
      const span: SentSpan = {
        traceId,
        spanId,
        ...(step.parent !== undefined && { parentSpanId: step.parent }),
        name: step.name,
        startUnixNano: this.#nano(step.from),
        endUnixNano: this.#nano(step.to),
        attributes: { ...this.#attributes, ...this.#attributesOf(step) },
      };
      this.#spans.push({ service: step.service ?? 'app', span });
      return spanId;
    };
  }

  /** Stores the session on a server. Rejects when the server does not take it. */
  async send(url: string): Promise<void> {
    for (const service of new Set(this.#spans.map((entry) => entry.service))) {
      const spans = this.#spans.filter((entry) => entry.service === service).map(({ span }) => span);
      const body = toOtlpJson(spans, service);
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
    }
  }

  #nano(ms: number): bigint {
    return BigInt(Math.round((this.#startMs + ms) * 1000)) * 1000n;
  }

  #attributesOf(step: Step): Record<string, string> {
    const texts: Record<string, string | undefined> = {
      type: step.type,
      input: written(step.input),
      output: written(step.output),
      'model.name': step.model,
      usage_details: step.tokens && JSON.stringify({ input: step.tokens[0], output: step.tokens[1] }),
      cost_details: step.cost === undefined ? undefined : JSON.stringify({ total: step.cost }),
      completion_start_time:
        step.firstToken === undefined
          ? undefined
          : JSON.stringify(new Date(this.#startMs + step.firstToken).toISOString()),
      level: step.failure === undefined ? undefined : 'ERROR',
      status_message: step.failure,
      metadata: written(step.metadata),
    };
    return Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) =>
        text === undefined ? [] : [[`langfuse.observation.${name}`, text] as const],
      ),
    );
  }
}

function written(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}
