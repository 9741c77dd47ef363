import {
  getInputAttributes,
  getLLMAttributes,
  getOutputAttributes,
  toInputType,
  toOutputType,
  withSpan,
} from '@arizeai/openinference-core';
import { trace } from '@opentelemetry/api';

export const title = '@arizeai/openinference-core';

export function operations() {
  const tracer = trace.getTracer('bench');
  const inner = withSpan(async (query) => ({ found: query.limit, query }), { name: 'search' });
  const outer = withSpan(async (query) => inner(query), { name: 'answer' });
  const step = ({ input, output }) => {
    const span = tracer.startSpan('step', { attributes: getInputAttributes(toInputType(input)) });
    span.setAttributes(getOutputAttributes(toOutputType(output)));
    span.end();
  };
  return {
    A1: outer,
    A2: step,
    A3({ model, parameters, input, output, usage }) {
      const span = tracer.startSpan('chat', {
        attributes: {
          ...getInputAttributes(toInputType(input)),
          ...getLLMAttributes({ modelName: model, invocationParameters: parameters, inputMessages: input }),
        },
      });
      span.setAttributes({
        ...getOutputAttributes(toOutputType(output)),
        ...getLLMAttributes({
          outputMessages: [output],
          tokenCount: { prompt: usage.input, completion: usage.output, total: usage.total },
        }),
      });
      span.end();
    },
    A4: step,
  };
}
