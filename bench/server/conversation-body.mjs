import { turns } from '../search/conversations.mjs';

/** Requests in OTLP/JSON with the turns of conversations, so many in each: some are open at once, and each call carries the history. */
export function* conversationBodies(turnsPerBody) {
  let spans = [];
  for (const turn of turns(1_000_000, 10)) {
    spans.push(...turn.map(toSpan));
    if (spans.length < turnsPerBody * turn.length) continue;
    yield Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'bench' }, spans }] }] }));
    spans = [];
  }
}

function toSpan(observation) {
  const { traceId, id, parentId, name, startMs, endMs, type, model, usage, level, body, trace } = observation;
  const attributes = {
    'langfuse.observation.type': type,
    'langfuse.observation.level': level,
    'langfuse.observation.input': body.input,
    'langfuse.observation.output': body.output,
    'langfuse.observation.model.name': model,
    'gen_ai.usage.input_tokens': usage.input,
    'gen_ai.usage.output_tokens': usage.output,
    'session.id': trace.sessionId,
    'user.id': trace.userId,
    'langfuse.trace.name': trace.name,
    'langfuse.environment': trace.environment,
    'langfuse.release': trace.release,
    'langfuse.trace.tags': trace.tags && JSON.stringify(trace.tags),
    'langfuse.trace.metadata.requestId': trace.metadata?.requestId,
  };
  return {
    ...{ traceId, spanId: id, parentSpanId: parentId ?? '', name },
    ...{ startTimeUnixNano: `${startMs}000000`, endTimeUnixNano: `${endMs}000000` },
    attributes: Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined || value === null
        ? []
        : { key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } },
    ),
  };
}
