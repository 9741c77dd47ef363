export const FIRST_PROGRAMS = ['typescript', 'python', 'curl'] as const;

export type Language = (typeof FIRST_PROGRAMS)[number];

interface FirstProgram {
  /** Null where there is nothing to install. */
  readonly install: string | null;
  readonly program: string;
  /** Code is between backticks. */
  readonly note: string;
}

/**
 * The shortest program that sends a session to this server.
 *
 * @param origin where the server is, such as `http://localhost:4318`.
 */
export function programFor(language: Language, origin: string): FirstProgram {
  switch (language) {
    case 'typescript':
      return {
        install: 'npm install @powerrag/tracing @powerrag/exporter',
        program: `process.env.POWERRAG_BASE_URL = '${origin}';
await import('@powerrag/exporter/register');
const { observe, updateActiveTrace } = await import('@powerrag/tracing');

const answer = observe(async (question) => {
  updateActiveTrace({ sessionId: 'my-first-session', userId: 'me' });
  return 'It works.';
}, { name: 'answer' });
await answer('Does it work?');`,
        note: 'Save it as `first.mjs` and run it with `node first.mjs`. Until the packages are on npm, `npm run pack` in a clone prints the line that installs them.',
      };
    case 'python':
      return {
        install: 'pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http',
        program: `from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter("${origin}/v1/traces")))
with provider.get_tracer("first").start_as_current_span("answer") as span:
    span.set_attribute("session.id", "my-first-session")
    span.set_attribute("input.value", "Does it work?")
    span.set_attribute("output.value", "It works.")`,
        note: 'The Langfuse SDK and every OpenTelemetry instrumentation of an agent library can send here as well.',
      };
    case 'curl':
      return {
        install: null,
        program: `curl ${origin}/v1/traces -H 'content-type: application/json' -d "{
  \\"resourceSpans\\": [{ \\"scopeSpans\\": [{ \\"spans\\": [{
    \\"traceId\\": \\"$(openssl rand -hex 16)\\", \\"spanId\\": \\"$(openssl rand -hex 8)\\", \\"name\\": \\"answer\\",
    \\"startTimeUnixNano\\": \\"$(date +%s)000000000\\", \\"endTimeUnixNano\\": \\"$(date +%s)500000000\\",
    \\"attributes\\": [
      { \\"key\\": \\"session.id\\", \\"value\\": { \\"stringValue\\": \\"my-first-session\\" } },
      { \\"key\\": \\"input.value\\", \\"value\\": { \\"stringValue\\": \\"Does it work?\\" } },
      { \\"key\\": \\"output.value\\", \\"value\\": { \\"stringValue\\": \\"It works.\\" } }
    ]
  }] }] }]
}"`,
        note: `Any OpenTelemetry exporter can send here: point it at \`${origin}/v1/traces\` and set \`session.id\` on a span.`,
      };
  }
}
