/** The operations of A1 to A4 for a package with the `observe` / `startObservation` API: ours and Langfuse's. */
export function observationOperations({ observe, startObservation }) {
  const inner = observe(async (query) => ({ found: query.limit, query }), { name: 'search' });
  const outer = observe(async (query) => inner(query), { name: 'answer' });
  const step = ({ input, output }) => {
    const span = startObservation('step', { input });
    span.update({ output });
    span.end();
  };
  return {
    A1: outer,
    A2: step,
    A3({ model, parameters, input, output, usage }) {
      const generation = startObservation(
        'chat',
        { model, modelParameters: parameters, input },
        { asType: 'generation' },
      );
      generation.update({ output, usageDetails: usage });
      generation.end();
    },
    A4: step,
    noProvider() {
      startObservation('step').end();
    },
    startRoot: () => startObservation('turn'),
    startChild: (parent) => parent.startObservation('step'),
  };
}
