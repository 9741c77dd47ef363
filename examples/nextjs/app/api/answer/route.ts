import { register } from '@powerrag/exporter';
import { after } from 'next/server';
import { answer } from '../../../librarian';

export async function POST(request: Request): Promise<Response> {
  const { conversation, question } = await request.json();
  // After the response, and before a serverless platform freezes the process. `register` returns the existing registration.
  after(() => register().forceFlush({ timeoutMs: 2_000 }));
  return Response.json({ answer: await answer(conversation, question) });
}
