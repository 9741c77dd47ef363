import { readFileSync } from 'node:fs';
import { createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import { startObservation } from '@powerrag/tracing';

/**
 * An application that puts texts into every place of a span that takes text:
 * `node tell-secrets.mjs <file> <shutdown|exit>`. The file has two lists of texts: `credentials`, which are in keys too, and
 * `personal`, which this program masks itself. A filter that fails with what it saw comes along with `exit`.
 */
const [file, end] = process.argv.slice(2);
const { credentials, personal } = JSON.parse(readFileSync(file, 'utf8'));
const texts = [...credentials, ...personal];

const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const CARD = /\b\d(?:[ -]?\d){12,18}\b/g;

function withoutPersonalData(data) {
  if (typeof data === 'string') return data.replace(EMAIL, '[e-mail]').replace(CARD, '[card]');
  return Array.isArray(data) ? data.map(withoutPersonalData) : data;
}

const processor = new PowerRAGSpanProcessor({
  mask: ({ data }) => withoutPersonalData(data),
  shouldExportSpan: ({ otelSpan }) => {
    if (otelSpan.name === 'unfiltered' && end === 'exit') throw new Error(`cannot filter ${otelSpan.attributes.note}`);
    return true;
  },
});
const provider = new BasicTracerProvider({
  resource: {
    attributes: { 'process.command_args': texts, 'deployment.note': JSON.stringify(texts) },
    schemaUrl: texts[0],
  },
  spanProcessors: [processor],
});
trace.setGlobalTracerProvider(provider);

for (const text of texts) {
  tellOpenTelemetry(text);
  tellObservation(text);
  provider
    .getTracer('filter')
    .startSpan('unfiltered', { attributes: { note: text } })
    .end();
}

if (end === 'exit') process.exit(0);
await processor.shutdown();

/** A mask gets values, not keys. */
function keyOf(text) {
  return credentials.includes(text) ? text : 'key';
}

function tellOpenTelemetry(text) {
  const tracer = provider.getTracer(text, text, { schemaUrl: text });
  const root = tracer.startSpan(text, { attributes: { note: text, list: ['first', text], [keyOf(text)]: 'key' } });
  // A comma ends what a vendor says, and cuts a credential off from the name behind it.
  const traceState = createTraceState(text.includes(',') ? 'vendor=text' : `vendor=${text}`);
  const linked = { ...root.spanContext(), traceState };
  const child = tracer.startSpan('child', {}, trace.setSpanContext(ROOT_CONTEXT, linked));
  child.addEvent(text, { note: text, list: [text], [keyOf(text)]: 'key' });
  child.recordException(new Error(text));
  child.addLink({ context: linked, attributes: { note: text, list: [text] } });
  child.setStatus({ code: 2, message: text });
  child.end();
  // For the trace: spans that have ended and wait get it when they are sent.
  root.setAttributes({ 'session.id': text, 'user.id': text, 'langfuse.trace.tags': [text] });
  root.setAttribute('langfuse.trace.metadata.note', text);
  root.end();
}

function tellObservation(text) {
  const error = new TypeError(`failed: ${text}`, { cause: new Error(text) });
  const content = { messages: [{ role: 'user', content: text, note: { deep: [text] } }], error };
  const observation = startObservation('observed', {
    input: content,
    output: text,
    metadata: { note: text, [keyOf(text)]: 1 },
  });
  observation.update({ statusMessage: text, level: 'ERROR', version: text });
  observation.startObservation('step', { input: text }, { asType: 'tool' }).end();
  observation.updateTrace({ sessionId: text, metadata: { nested: { note: text } }, tags: [text], input: content });
  observation.end();
}
