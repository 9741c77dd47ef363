import '@powerrag/exporter/register';
import { observe } from '@powerrag/tracing';

const answer = observe(
  async function* (_question: string) {
    yield 'Paris ';
    yield 'is the capital ';
    yield 'of France.';
  },
  { name: 'answer', asType: 'generation' },
);

for await (const text of answer('What is the capital of France?')) process.stdout.write(text);
