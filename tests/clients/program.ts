import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Programs that run a client, in Python, JavaScript and Go; those that begin with `_` are what several share. */
export const PROGRAMS = join(import.meta.dirname, 'programs');

export type Language = 'python' | 'javascript' | 'go';

const LANGUAGES: ReadonlyMap<string, Language> = new Map([
  ['.py', 'python'],
  ['.mjs', 'javascript'],
  ['.go', 'go'],
]);

/** What the comment on top of a program says: lines `key: value`. */
export interface Program {
  /** Of its recording. */
  readonly name: string;
  readonly path: string;
  readonly language: Language;
  /** As docs/clients.md names it. */
  readonly client: string;
  /** The package whose version the recording has: the one that writes the spans. */
  readonly version: string;
  /** As the client's registry names them, with versions where a program needs them. */
  readonly packages: readonly string[];
  /** What the client itself does not send. */
  readonly note?: string;
}

/** Throws an `Error` that names the file and the line that is missing. */
export function readProgram(file: string): Program {
  const path = join(PROGRAMS, file);
  const about = new Map<string, string>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const found = /^(?:#|\/\/) (\w+): (.+)$/.exec(line);
    if (found === null) break;
    about.set(found[1] ?? '', found[2] ?? '');
  }
  const required = (key: string): string => {
    const value = about.get(key);
    if (value === undefined) throw new Error(`${path} has no line "${key}: …" in the comment on its top.`);
    return value;
  };
  const language = LANGUAGES.get(extname(file));
  if (language === undefined) throw new Error(`${path} must be one of ${[...LANGUAGES.keys()].join(', ')}.`);
  const note = about.get('note');
  return {
    name: file.replace(/\.\w+$/, ''),
    path,
    language,
    client: required('client'),
    version: required('version'),
    packages: required('packages').split(' '),
    ...(note === undefined ? {} : { note }),
  };
}
