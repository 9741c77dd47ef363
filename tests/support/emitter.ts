import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor, type PowerRAGSpanProcessorOptions } from '@powerrag/exporter';
import { accountFor, type LossAccount, storedIds } from './loss.js';

const SPANS_PER_TRACE = 50;

/** The built exporter behind an OpenTelemetry provider, with a ledger of every span that it was given. */
export class Emitter {
  readonly processor: PowerRAGSpanProcessor;
  readonly sessionId: string;
  /** Ids of the spans that ended, in order. */
  readonly emitted: string[] = [];
  /** What the exporter reported to the application. */
  readonly logLines: string[] = [];
  readonly #provider: BasicTracerProvider;

  constructor(baseUrl: string, sessionId: string, options: PowerRAGSpanProcessorOptions = {}) {
    this.sessionId = sessionId;
    this.processor = new PowerRAGSpanProcessor({
      baseUrl,
      exitHooks: false,
      log: (line) => this.logLines.push(line),
      ...options,
    });
    this.#provider = new BasicTracerProvider({ spanProcessors: [this.processor] });
  }

  /** Starts and ends this many spans at once, 50 in each trace. */
  emit(count: number): void {
    const tracer = this.#provider.getTracer('faults');
    const attributes = { 'session.id': this.sessionId, note: 'a line of text as a span carries it' };
    for (let done = 0; done < count; done += SPANS_PER_TRACE) {
      const root = tracer.startSpan('turn', { attributes }, ROOT_CONTEXT);
      const context = trace.setSpan(ROOT_CONTEXT, root);
      const steps = Math.min(SPANS_PER_TRACE, count - done) - 1;
      for (let step = 0; step < steps; step += 1) {
        const span = tracer.startSpan(`step ${step}`, { attributes }, context);
        span.end();
        this.emitted.push(span.spanContext().spanId);
      }
      root.end();
      this.emitted.push(root.spanContext().spanId);
    }
  }

  /** Compares the ledger with what this server has stored. */
  async account(serverUrl: string): Promise<LossAccount> {
    return this.accountAgainst(await storedIds(serverUrl, this.sessionId));
  }

  /** Compares the ledger with these ids. */
  accountAgainst(stored: readonly string[]): LossAccount {
    return accountFor(this.emitted, stored, this.processor.stats());
  }
}
