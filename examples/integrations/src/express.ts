import '@powerrag/exporter/register';
import { observe, propagateAttributes } from '@powerrag/tracing';
import express from 'express';
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

const app = express();
app.use(express.json());

// Once for all routes: what a request does belongs to its conversation.
app.use((request, _response, next) => {
  propagateAttributes({ sessionId: request.get('x-conversation') ?? 'unknown' }, next);
});

app.post('/ask', async (request, response) => {
  response.json({ answer: await answer(request.body.question) });
});

const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(server.address()));
