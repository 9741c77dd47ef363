import { register } from '@powerrag/exporter';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const baseUrl = process.env.POWERRAG_BASE_URL ?? 'http://127.0.0.1:4318';
const tracing = register({ baseUrl });

const greet = observe(
  (name: string) => {
    updateActiveTrace({ sessionId: 'greetings' });
    return `Hello, ${name}!`;
  },
  { name: 'greet' },
);
greet('Momo');
await tracing.forceFlush();

const response = await fetch(`${baseUrl}/api/public/traces?sessionId=greetings`);
const { data } = (await response.json()) as { data: { id: string; name: string; sessionId: string }[] };
for (const { id, name, sessionId } of data) console.log(id, name, sessionId);
