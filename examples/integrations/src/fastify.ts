import '@powerrag/exporter/register';
import { observe, propagateAttributes } from '@powerrag/tracing';
import fastify from 'fastify';
import OpenAI from 'openai';

const client = new OpenAI();
const complete = observe(client.chat.completions.create.bind(client.chat.completions), {
  name: 'complete',
  asType: 'generation',
});
const answer = observe(
  async (question: string) => {
    const messages = [{ role: 'user' as const, content: question }];
    const { choices } = await complete({ model: 'gpt-4o-mini', messages });
    return choices[0]?.message.content;
  },
  { name: 'answer', asType: 'chain' },
);

const app = fastify();

app.addHook('onRequest', (request, _reply, done) => {
  propagateAttributes({ sessionId: String(request.headers['x-conversation'] ?? 'unknown') }, done);
});

app.post<{ Body: { question: string } }>('/ask', async (request) => ({ answer: await answer(request.body.question) }));

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
console.log(app.server.address());
