import '@powerrag/exporter/register';
import { startObservation } from '@powerrag/tracing';

function checkAnswer(answer: string): boolean {
  using check = startObservation('check-answer', { input: answer }, { asType: 'evaluator' });
  if (answer === '') return false; // it ends here …
  check.update({ output: { words: answer.split(' ').length } });
  return true; // … and here
}

console.log(checkAnswer('Paris is the capital of France.'));
