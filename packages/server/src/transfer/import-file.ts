import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Json } from '@powerrag/protocol';
import type { OtlpMediaType } from '../ingest/answer.js';
import { isObject } from '../ingest/json-fields.js';
import type { Intake } from '../intake/intake.js';
import { Refusal } from '../otlp/refusal.js';
import type { Annotations } from '../store/annotations.js';
import type { MediaStore } from '../store/media.js';
import { readExtras } from './extras.js';
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

/** Where an import puts what it reads. */
export interface ImportTarget {
  readonly intake: Intake;
  readonly annotations: Pick<Annotations, 'writeAnnotations'>;
  readonly media: Pick<MediaStore, 'writeMedia'>;
}

/**
 * Stores what a file holds: OTLP/JSON, whole or one request a line, with what an export has beside it; OTLP protobuf, one request;
 * or traces as Langfuse's API answers them. Importing a file again changes nothing. Rejects with `ImportFailed`; what came before
 * in the file is stored.
 *
 * @param progress is called after each line with the bytes of the file that are read.
 */
export async function importFile(
  file: string,
  projectId: string,
  { intake, annotations, media }: ImportTarget,
  progress: (bytes: number) => void = () => {},
): Promise<Imported> {
  const problems: string[] = [];
  let requests = 0;
  const done = (where: string, count: number, message: string) => {
    requests += 1;
    if (count > 0 || message !== '') problems.push(`${where}: ${message}`);
  };
  const takeOtlp = async (where: string, type: OtlpMediaType, bytes: Uint8Array) => {
    const { rejected } = await orFail(where, () => intake.traces(projectId, type, sent(bytes)));
    done(where, rejected.count, rejected.message);
  };
  const takeText = async (where: string, text: string) => {
    const value = parse(where, text);
    if (isObject(value) && value.resourceSpans !== undefined) return takeOtlp(where, JSON_TYPE, Buffer.from(text));
    if (isObject(value) && value.powerrag !== undefined) {
      const extras = readExtras(value);
      if (typeof extras === 'string') return void problems.push(`${where}: ${extras}`);
      await media.writeMedia(projectId, extras.media);
      return annotations.writeAnnotations(projectId, extras.annotations);
    }
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
      let [line, bytes] = [0, 0];
      for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
        line += 1;
        bytes += Buffer.byteLength(text) + 1;
        if (text.trim() !== '') await takeText(`${file} line ${line}`, text);
        progress(bytes);
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
