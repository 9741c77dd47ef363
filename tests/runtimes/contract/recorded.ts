import { type ContextManager, context, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** What a check of the contract has recorded so far. */
export interface Recorded {
  /** Every span that has ended, in order of end. */
  readonly spans: readonly ReadableSpan[];
  /** What has been written to `console.warn`. */
  readonly warnings: readonly string[];
  /** The one ended span of that name. */
  named(name: string): ReadableSpan;
  /** An attribute of it. */
  attribute(name: string, key: string): unknown;
}

/** What is registered with OpenTelemetry while a check runs. */
export interface SetUp {
  readonly provider: boolean;
  readonly contextManager: ContextManager | undefined;
}

/** What the tracing package keeps for the whole process: it is reset, so that each check starts as in a new process. */
const STATE = Symbol.for('powerrag.tracing');

/** Runs a check with a fresh set-up, and removes it afterwards. */
export async function recording(
  { provider, contextManager }: SetUp,
  run: (recorded: Recorded) => void | Promise<void>,
): Promise<void> {
  const exporter = new InMemorySpanExporter();
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => void warnings.push(text);
  Reflect.deleteProperty(globalThis, STATE);
  if (provider) {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  }
  if (contextManager) context.setGlobalContextManager(contextManager.enable());
  const recorded: Recorded = {
    get spans() {
      return exporter.getFinishedSpans();
    },
    warnings,
    named: (name) => theOne(exporter.getFinishedSpans(), name),
    attribute: (name, key) => theOne(exporter.getFinishedSpans(), name).attributes[key],
  };
  try {
    await run(recorded);
  } finally {
    trace.disable();
    context.disable();
    console.warn = warn;
  }
}

function theOne(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const [span, ...more] = spans.filter((each) => each.name === name);
  if (!span || more.length > 0) throw new Error(`${spans.map((each) => each.name).join(', ')}: not one is ${name}`);
  return span;
}

/** The names of the ended spans, each with that of its parent: `root`, `child < root`. Sorted. */
export function tree({ spans }: Recorded): string[] {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans
    .map(({ name, parentSpanContext }) =>
      parentSpanContext ? `${name} < ${names.get(parentSpanContext.spanId) ?? '?'}` : name,
    )
    .sort();
}

/** Throws an error that shows both, unless they are the same as JSON. */
export function same(actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`got ${found}, expected ${wanted}`);
}
