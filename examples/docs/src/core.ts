import '@powerrag/exporter/register';
import { observe, withSession } from '@powerrag/tracing/core';

const answer = observe(async function answer(question: string) {
  return question.includes('France') ? 'Paris.' : 'I do not know.';
});

console.log(await withSession('chat-1', () => answer('What is the capital of France?')));
