import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** Runs a file of this package in its own process and parses the JSON that it prints. */
export async function measure(file, args, nodeOptions = []) {
  const child = spawn(process.execPath, [...nodeOptions, file, ...args.map(String)], {
    cwd: folder,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${signal ?? code}`);
  return JSON.parse(output);
}

/** Starts the sink and returns its URL and a way to stop it. */
export async function startSink(delayMs) {
  const child = spawn(process.execPath, ['pipeline/sink.mjs', String(delayMs)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { url: String(line).trim(), stop: () => child.kill() };
}

/** Without variables that would configure one of the libraries. */
function cleanEnvironment() {
  const foreign = /^(OTEL|LANGFUSE|LANGSMITH|LANGCHAIN|POWERRAG|NODE_OPTIONS)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
