import '@powerrag/exporter/register';
import { serve } from '@hono/node-server';
import { observe, propagateAttributes } from '@powerrag/tracing';
import { Hono } from 'hono';
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

const app = new Hono();

app.use((context, next) => propagateAttributes({ sessionId: context.req.header('x-conversation') ?? 'unknown' }, next));

app.post('/ask', async (context) => {
  const { question } = await context.req.json();
  return context.json({ answer: await answer(question) });
});

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, (address) => console.log(address));
