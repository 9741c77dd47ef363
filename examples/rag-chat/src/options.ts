import { parseArgs } from 'node:util';
import type { OpenAiOptions } from './answer/openai.js';

export interface Options {
  /** 0 for a free port. */
  readonly port: number;
  /** Play the scripted conversations. */
  readonly script: boolean;
  /** Serve the web chat. */
  readonly serve: boolean;
  /** The PowerRAG server, without a trailing slash. */
  readonly server: string;
  /** The model to ask; null for the built-in extractive answerer. */
  readonly openAi: OpenAiOptions | null;
  readonly wordsPerSecond: number;
}

export const USAGE = `Usage: rag-chat [--port 4320] [--script] [--server http://127.0.0.1:4318]

  --port    where the web chat listens; 0 picks a free port
  --script  play two scripted conversations, then end; with --port, serve the web chat afterwards
  --server  the PowerRAG server that every turn is sent to

A language model answers where OPENAI_BASE_URL, OPENAI_API_KEY or OPENAI_MODEL is set (any endpoint that speaks the chat
completions protocol). OPENAI_INPUT_PRICE and OPENAI_OUTPUT_PRICE, in US dollars per million tokens, let it record costs.
Otherwise the built-in answerer quotes the documentation, at EXTRACTIVE_WORDS_PER_SECOND words a second (60; 0 for at once).`;

/** Reads the command line and the environment. Throws an error that names what is wrong. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      script: { type: 'boolean', default: false },
      server: { type: 'string', default: env.POWERRAG_BASE_URL || 'http://127.0.0.1:4318' },
    },
  });
  const port = numberOf(values.port ?? '4320', '--port');
  if (!Number.isInteger(port) || port > 65_535) throw new Error(`--port must be from 0 to 65535, not "${values.port}"`);
  if (!URL.canParse(values.server)) throw new Error(`--server must be a URL, not "${values.server}"`);
  return {
    port,
    script: values.script,
    serve: !values.script || values.port !== undefined,
    server: values.server.replace(/\/+$/, ''),
    openAi: readOpenAi(env),
    wordsPerSecond: numberOf(env.EXTRACTIVE_WORDS_PER_SECOND || '60', 'EXTRACTIVE_WORDS_PER_SECOND'),
  };
}

function readOpenAi(env: NodeJS.ProcessEnv): OpenAiOptions | null {
  if (!env.OPENAI_BASE_URL && !env.OPENAI_API_KEY && !env.OPENAI_MODEL) return null;
  if (!env.OPENAI_MODEL) throw new Error('set OPENAI_MODEL to the name of the model to ask');
  const prices = [env.OPENAI_INPUT_PRICE, env.OPENAI_OUTPUT_PRICE];
  const [input, output] = prices;
  if (Boolean(input) !== Boolean(output))
    throw new Error('set both OPENAI_INPUT_PRICE and OPENAI_OUTPUT_PRICE, or neither');
  return {
    baseUrl: env.OPENAI_BASE_URL || 'https://api.openai.com/v1',
    model: env.OPENAI_MODEL,
    ...(env.OPENAI_API_KEY && { apiKey: env.OPENAI_API_KEY }),
    ...(input &&
      output && {
        price: { input: numberOf(input, 'OPENAI_INPUT_PRICE'), output: numberOf(output, 'OPENAI_OUTPUT_PRICE') },
      }),
  };
}

function numberOf(text: string, name: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0) {
    throw new Error(`${name} must be a number of 0 or more, not "${text}"`);
  }
  return number;
}
