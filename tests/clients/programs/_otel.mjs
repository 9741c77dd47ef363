/** Sends spans of a program to the collector, each as it ends. */

import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

export const QUESTIONS = ['What is the capital of France?', 'What is the weather in Paris?', 'Please FAIL now'];

export function start() {
  const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_URL}/v1/traces` });
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  return provider;
}

/** Answers a question in a turn that is in a session and of a user, and prints the answer, or the error. */
export async function turn(session, question, answerOf) {
  const attributes = { 'session.id': session, 'user.id': 'user-7', 'langfuse.trace.tags': ['alpha', 'beta'] };
  await trace.getTracer('demo').startActiveSpan('turn', { attributes }, async (span) => {
    try {
      console.log(await answerOf(question));
    } catch (error) {
      console.log('ERR', String(error).slice(0, 100));
    }
    span.end();
  });
}
