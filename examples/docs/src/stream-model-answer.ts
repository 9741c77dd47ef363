import '@powerrag/exporter/register';
import { observe } from '@powerrag/tracing';

/** Stands in for `client.chat.completions.create({ stream: true, … })` of an OpenAI client. */
async function* createCompletion(_question: string) {
  const chunk = (delta: object) => ({ model: 'gpt-4o-mini', choices: [{ index: 0, delta }] });
  yield chunk({ role: 'assistant', content: 'Paris ' });
  yield chunk({ content: 'is the capital.' });
  yield { choices: [], usage: { prompt_tokens: 14, completion_tokens: 5, total_tokens: 19 } };
}

const complete = observe(createCompletion, { name: 'complete', asType: 'generation' });

for await (const { choices } of complete('What is the capital of France?')) console.log(choices);
