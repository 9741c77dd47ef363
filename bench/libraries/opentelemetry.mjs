import { context, trace } from '@opentelemetry/api';

export const title = 'OpenTelemetry + JSON.stringify';

/** The floor: what a careful engineer writes by hand on the bare API. */
export function operations() {
  const tracer = trace.getTracer('bench');
  const traced = (name, fn) => (argument) =>
    tracer.startActiveSpan(name, async (span) => {
      span.setAttribute('input', JSON.stringify([argument]));
      const result = await fn(argument);
      span.setAttribute('output', JSON.stringify(result));
      span.end();
      return result;
    });
  const inner = traced('search', async (query) => ({ found: query.limit, query }));
  const outer = traced('answer', (query) => inner(query));
  const step = ({ input, output }) => {
    const span = tracer.startSpan('step');
    span.setAttribute('input', JSON.stringify(input));
    span.setAttribute('output', JSON.stringify(output));
    span.end();
  };
  return {
    A1: outer,
    A2: step,
    A3({ model, parameters, input, output, usage }) {
      const span = tracer.startSpan('chat');
      span.setAttribute('type', 'generation');
      span.setAttribute('model', model);
      span.setAttribute('parameters', JSON.stringify(parameters));
      span.setAttribute('input', JSON.stringify(input));
      span.setAttribute('output', JSON.stringify(output));
      span.setAttribute('usage', JSON.stringify(usage));
      span.end();
    },
    A4: step,
    noProvider() {
      tracer.startSpan('step').end();
    },
    startRoot: () => tracer.startSpan('turn'),
    startChild: (parent) => tracer.startSpan('step', {}, trace.setSpan(context.active(), parent)),
  };
}
