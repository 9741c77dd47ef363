import '@powerrag/exporter/register';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const answer = observe(async function answer(question = '') {
  updateActiveTrace({ sessionId: 'chat-1' }); // the whole trace belongs to this session, wherever you set it
  return question.includes('France') ? 'Paris.' : 'I do not know.';
});

console.log(await answer('What is the capital of France?'));
