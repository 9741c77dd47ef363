import '@powerrag/exporter/register';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const findPassages = observe(
  async (question: string) => [{ id: 'geography#france', text: 'Paris is the capital of France.', question }],
  { name: 'find-passages', asType: 'retriever' },
);

const answer = observe(
  async (question: string) => {
    updateActiveTrace({ sessionId: 'chat-1', userId: 'visitor-1' });
    const [best] = await findPassages(question);
    return best?.text ?? 'I do not know.';
  },
  { name: 'answer', asType: 'agent' },
);

console.log(await answer('What is the capital of France?'));
