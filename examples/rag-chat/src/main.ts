import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { register } from '@powerrag/exporter';
import { createExtractiveModel } from './answer/extractive.js';
import { createOpenAiModel } from './answer/openai.js';
import { type Chat, createChat } from './chat.js';
import { loadCorpus } from './corpus.js';
import { type Options, readOptions, USAGE } from './options.js';
import { createPassageIndex } from './retrieve.js';
import { playScript, SIX_TURNS, WITH_AN_ERROR } from './script.js';
import { createChatServer } from './server.js';
import { createTools, settingNames } from './tools.js';

const EXAMPLE_FOLDER = join(import.meta.dirname, '..');
const PROJECT_FOLDER = join(EXAMPLE_FOLDER, '../..');
const READING_MS = 700;

async function buildChat({ openAi, wordsPerSecond }: Options): Promise<Chat> {
  const passages = await loadCorpus(PROJECT_FOLDER);
  const index = createPassageIndex(passages);
  const settings = settingNames(passages);
  const model = openAi
    ? createOpenAiModel(openAi)
    : createExtractiveModel({ rarity: index.rarity, settings, wordsPerSecond, pause });
  return createChat({ index, model, tools: createTools(passages) });
}

async function playScripts(chat: Chat, server: string): Promise<void> {
  const run = randomUUID().slice(0, 8);
  const sessions = [
    { sessionId: `docs-chat-${run}`, questions: SIX_TURNS },
    { sessionId: `docs-chat-${run}-missing-document`, questions: WITH_AN_ERROR },
  ];
  for (const session of sessions) {
    await playScript(chat, { ...session, readingMs: READING_MS, pause, print: (line) => console.log(line) });
    console.log(`\nReplay it at ${server}/sessions/${session.sessionId}`);
  }
}

async function listen(chat: Chat, { port, server }: Options): Promise<void> {
  const app = createChatServer({
    chat,
    replayUrl: server,
    publicFolder: join(EXAMPLE_FOLDER, 'public'),
    scriptFolder: join(EXAMPLE_FOLDER, 'dist/page'),
  });
  const address = await new Promise<AddressInfo>((resolve, reject) => {
    serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, resolve).on('error', ({ message }) => {
      reject(new Error(`The sample chat cannot listen on port ${port}: ${message}. Choose another port.`));
    });
  });
  console.log(`The sample chat is listening on http://127.0.0.1:${address.port}`);
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  register({ baseUrl: options.server, serviceName: process.env.OTEL_SERVICE_NAME || 'rag-chat' });
  const chat = await buildChat(options);
  if (options.serve) await listen(chat, options);
  if (options.script) await playScripts(chat, options.server);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exitCode = 1;
}
