import { observe, updateActiveTrace } from '@powerrag/tracing';

const lookUp = observe(async (topic: string) => [`a passage on ${topic}`], { name: 'look-up', asType: 'retriever' });

export const answer = observe(
  async (conversation: string, question: string) => {
    updateActiveTrace({ sessionId: conversation });
    const [passage] = await lookUp(question);
    return `There is ${passage}.`;
  },
  { name: 'answer', asType: 'agent' },
);
