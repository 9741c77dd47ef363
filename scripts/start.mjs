import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { root, SetupError, say, script } from './lib/run.mjs';
import { setUp } from './setup.mjs';

const usage = `npm start -- [--port 4318] [--chat-port 4320] [--database ./powerrag.db]

Sets up and builds what is not built yet, then runs the server and the sample chat,
plays a scripted conversation and prints the URLs of both.`;

const parent = process.ppid;

/** `npm start`: the main job in one command. */
await script(async () => {
  const options = readOptions();
  if (options.help) {
    console.log(usage);
    return;
  }
  await setUp();
  await build();

  say('Starting the server …');
  const server = await startProgram(
    'packages/server/bin/powerrag.js',
    ['serve', '--port', options.port, '--database', options.database],
    /PowerRAG is listening on (http:\S+)/,
  );
  say('Starting the sample chat …');
  const chat = await startProgram(
    'examples/rag-chat/dist/main.js',
    ['--script', '--port', options['chat-port'], '--server', server.url],
    /The sample chat is listening on (http:\S+)/,
  ).catch((error) => {
    server.process.kill('SIGTERM');
    throw error;
  });

  // Before anybody reads that Ctrl-C ends both.
  stopTogether(chat.process, server.process);
  console.log(`
  Session Replay   ${server.url}
  Sample chat      ${chat.url}

The sample now plays its script: two conversations to replay. Ask it something yourself in the chat. Ctrl-C ends both.`);
});

function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '4318' },
        'chat-port': { type: 'string', default: '4320' },
        database: { type: 'string', default: join(root, 'powerrag.db') },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

/**
 * Starts one of our programs and waits for the line that names its URL. It has its own process group, so that Ctrl-C
 * reaches only this process, which stops the programs in order.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RegExp} ready its first group is the URL
 * @returns {Promise<{ url: string, process: import('node:child_process').ChildProcess }>} rejects when the program ends first
 */
function startProgram(program, args, ready) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', new URL('lib/end-with-parent.mjs', import.meta.url).href, join(root, program), ...args],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: process.platform !== 'win32' },
    );
    child.on('exit', (code) => reject(new SetupError(`${program} ended with exit code ${code} before it was ready.`)));
    createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) }).on('line', (line) => {
      const url = ready.exec(line)?.[1];
      if (url) resolve({ url, process: child });
      else console.log(line);
    });
  });
}

/**
 * Ends both as soon as one ends, or at Ctrl-C or SIGTERM: the chat first, so that the server still receives its last spans.
 * A second Ctrl-C ends everything immediately.
 * @param {import('node:child_process').ChildProcess} chat
 * @param {import('node:child_process').ChildProcess} server
 */
function stopTogether(chat, server) {
  const stop = () => {
    clearInterval(watch);
    chat.kill('SIGTERM');
  };
  chat.once('exit', () => server.kill('SIGTERM'));
  server.once('exit', stop);
  for (const child of [chat, server]) {
    child.once('exit', (code) => {
      process.exitCode ||= code ?? 0;
    });
  }
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.once('SIGHUP', stop);
  // npm passes a signal to its shell, which may end without passing it on. Then this process only sees that its parent is gone.
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop();
  }, 500);
}
