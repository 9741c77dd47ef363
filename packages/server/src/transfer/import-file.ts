import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Json } from '@powerrag/protocol';
import type { OtlpMediaType } from '../ingest/answer.js';
import { isObject } from '../ingest/json-fields.js';
import type { Intake } from '../intake/intake.js';
import { Refusal } from '../otlp/refusal.js';
import { batchesOf } from './langfuse-export.js';

/** The file cannot be imported from here on. The message names the file, the line and the reason. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed';
}

export interface Imported {
  /** Requests that were taken. */
  readonly requests: number;
  /** Parts of them that were not, each with a line that says why. */
  readonly problems: readonly string[];
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

/**
 * Stores what a file holds: OTLP/JSON, whole or one request a line; OTLP protobuf, one request; or traces as Langfuse's API
 * answers them. Importing a file again changes nothing. Rejects with `ImportFailed`; what came before in the file is stored.
 */
export async function importFile(
  file: string,
  projectId: string,
  intake: Intake,
  progress: (requests: number) => void = () => {},
): Promise<Imported> {
  const problems: string[] = [];
  let requests = 0;
  const done = (where: string, count: number, message: string) => {
    requests += 1;
    if (count > 0 || message !== '') problems.push(`${where}: ${message}`);
    progress(requests);
  };
  const takeOtlp = async (where: string, type: OtlpMediaType, bytes: Uint8Array) => {
    const { rejected } = await orFail(where, () => intake.traces(projectId, type, sent(bytes)));
    done(where, rejected.count, rejected.message);
  };
  const takeText = async (where: string, text: string) => {
    const value = parse(where, text);
    if (isObject(value) && value.resourceSpans !== undefined) return takeOtlp(where, JSON_TYPE, Buffer.from(text));
    const batches = batchesOf(value);
    if (batches === null) {
      throw new ImportFailed(`${where} is neither OTLP (resourceSpans) nor traces of Langfuse (id, timestamp).`);
    }
    for (const batch of batches) {
      const { answer } = await orFail(where, () =>
        intake.langfuseBatch(projectId, sent(Buffer.from(JSON.stringify(batch)))),
      );
      done(where, answer.errors.length, answer.errors[0]?.error ?? answer.message ?? '');
    }
  };
  switch (await formatOf(file)) {
    case 'protobuf':
      await takeOtlp(file, PROTOBUF_TYPE, await readFile(file));
      break;
    case 'lines': {
      let line = 0;
      for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
        line += 1;
        if (text.trim() !== '') await takeText(`${file} line ${line}`, text);
      }
      break;
    }
    case 'json':
      await takeText(file, await readFile(file, 'utf8'));
  }
  return { requests, problems };
}

/** By its first bytes: a line that is JSON by itself, JSON over several lines, or no JSON. */
async function formatOf(file: string): Promise<'protobuf' | 'lines' | 'json'> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file);
  } catch (error) {
    throw new ImportFailed(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    const [first] = buffer.subarray(0, bytesRead).toString('utf8').trimStart();
    if (bytesRead === 0) throw new ImportFailed(`${file} is empty.`);
    if (first !== '{' && first !== '[') return 'protobuf';
  } finally {
    await handle.close();
  }
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (text.trim() === '') continue;
    try {
      JSON.parse(text);
      return 'lines';
    } catch {
      return 'json';
    }
  }
  return 'json';
}

function parse(where: string, text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ImportFailed(`${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function orFail<T>(where: string, take: () => Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    if (error instanceof Refusal) throw new ImportFailed(`${where}: ${error.message}`, { cause: error });
    throw error;
  }
}

function sent(bytes: Uint8Array) {
  return { bytes, encoding: 'identity' };
}
