import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import type { Chat, HistoryEntry, Turn } from './chat.js';
import type { ChatEvent } from './chat-event.js';

export interface ChatServerOptions {
  readonly chat: Chat;
  /** Where the sessions can be replayed, without a trailing slash. */
  readonly replayUrl: string;
  /** Holds `index.html`, `chat.css` and the like. */
  readonly publicFolder: string;
  /** Holds the page's compiled script, `chat.js`. */
  readonly scriptFolder: string;
}

const LARGEST_REQUEST_BYTES = 1024 * 1024;
const LONGEST_QUESTION = 4000;

/** The web chat: one page, and one endpoint that answers a question as a stream of `ChatEvent`s. */
export function createChatServer(options: ChatServerOptions): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  for (const file of pageFiles(options)) {
    app.get(file.path, async (context) =>
      context.body(await readFile(file.location), 200, { 'content-type': file.type, 'cache-control': 'no-cache' }),
    );
  }
  app.get('/api/about', (context) => context.json({ model: options.chat.modelName, replayUrl: options.replayUrl }));
  app.post('/api/turns', bodyLimit({ maxSize: LARGEST_REQUEST_BYTES }), async (context) => {
    const asked = readTurnRequest(await context.req.json().catch(() => null));
    if ('problem' in asked) return context.json({ message: asked.problem }, 400);
    return streamSSE(context, async (stream) => {
      const left = new AbortController();
      stream.onAbort(() => left.abort(new Error('the page was left')));
      let sent: Promise<unknown> = Promise.resolve();
      const send = (event: ChatEvent) => {
        sent = sent.then(() => stream.writeSSE({ data: JSON.stringify(event) }));
      };
      try {
        const onText = (text: string) => send({ type: 'text', text });
        const turn = await options.chat.turn({ ...asked, signal: left.signal, onText });
        send(doneEvent(turn, asked.conversationId, options.replayUrl));
      } catch (error) {
        send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
      }
      await sent;
    });
  });
  return app;
}

function pageFiles({ publicFolder, scriptFolder }: ChatServerOptions) {
  return [
    { path: '/', location: join(publicFolder, 'index.html'), type: 'text/html; charset=utf-8' },
    { path: '/chat.css', location: join(publicFolder, 'chat.css'), type: 'text/css; charset=utf-8' },
    { path: '/icon.svg', location: join(publicFolder, 'icon.svg'), type: 'image/svg+xml' },
    { path: '/chat.js', location: join(scriptFolder, 'chat.js'), type: 'text/javascript; charset=utf-8' },
  ];
}

function doneEvent(turn: Turn, sessionId: string, replayUrl: string): ChatEvent {
  return {
    type: 'done',
    answer: turn.answer,
    sources: turn.sources.map(({ id, headings }) => ({ id, title: headings.join(' › ') })),
    tools: turn.tools,
    moment: `${replayUrl}/sessions/${encodeURIComponent(sessionId)}?trace=${turn.traceId}`,
  };
}

interface Asked {
  readonly conversationId: string;
  readonly userId?: string;
  readonly question: string;
  readonly history: HistoryEntry[];
}

/** Checks what came from the network, naming the first field that is wrong. */
function readTurnRequest(body: unknown): Asked | { readonly problem: string } {
  if (typeof body !== 'object' || body === null) return { problem: 'the body must be a JSON object' };
  const { conversationId, userId, question, history = [] } = body as Record<string, unknown>;
  if (typeof conversationId !== 'string' || !/^[\w-]{1,100}$/.test(conversationId)) {
    return { problem: '"conversationId" must be 1 to 100 letters, digits, _ or -' };
  }
  if (userId !== undefined && (typeof userId !== 'string' || !/^[\w-]{1,100}$/.test(userId))) {
    return { problem: '"userId" must be 1 to 100 letters, digits, _ or -' };
  }
  if (typeof question !== 'string' || question.trim() === '' || question.length > LONGEST_QUESTION) {
    return { problem: `"question" must be text of 1 to ${LONGEST_QUESTION} characters` };
  }
  if (!Array.isArray(history) || !history.every(isHistoryEntry)) {
    return { problem: '"history" must be a list of { "role": "user" or "assistant", "content": text }' };
  }
  return { conversationId, ...(userId && { userId }), question: question.trim(), history };
}

function isHistoryEntry(value: unknown): value is HistoryEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { role, content } = value as Record<string, unknown>;
  return (role === 'user' || role === 'assistant') && typeof content === 'string';
}
