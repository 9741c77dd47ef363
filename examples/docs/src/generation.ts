import '@powerrag/exporter/register';
import { startActiveObservation } from '@powerrag/tracing';

await startActiveObservation(
  'generate-answer',
  async (generation) => {
    generation.update({
      model: 'gpt-4o-mini',
      modelParameters: { temperature: 0.2 },
      input: [{ role: 'user', content: 'What is the capital of France?' }],
    });
    // … the first piece of the answer arrives
    generation.update({ completionStartTime: new Date() });
    // … the answer is complete
    generation.update({
      output: { role: 'assistant', content: 'Paris.' },
      usageDetails: { input: 14, output: 2, total: 16 },
      costDetails: { input: 0.0000021, output: 0.0000012, total: 0.0000033 },
    });
  },
  { asType: 'generation' },
);
