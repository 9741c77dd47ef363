import { type Json, metadataText, type TextFilterName } from '@powerrag/protocol';
import { compareText } from './order.js';

/** Models, and services, that are remembered of a trace: the first in text order, so that the order of arrival does not change which. */
const MAX_NAMES = 100;

/** Metadata is found by its first keys in text order, and by values of at most this many characters. */
const MAX_METADATA_KEYS = 50;
const MAX_METADATA_TEXT = 200;

/** What kind of text a trace or a session is found by. */
export type TextKind = TextFilterName | 'metadata';

/** A text that a trace is found by: of metadata, key and value as in a query. */
export interface FindableText {
  readonly kind: TextKind;
  readonly value: string;
}

/** What a trace says of itself. */
type TraceTexts = {
  readonly [K in 'userId' | 'environment' | 'release' | 'version' | 'name']?: string | undefined;
} & {
  readonly [K in 'tags' | 'conversationIds']?: Iterable<string> | undefined;
} & { readonly metadata?: Readonly<Record<string, Json>> | undefined };

/**
 * Every text that a trace is found by, each once. An empty text is none; a lone surrogate, which UTF-8 cannot hold, counts as
 * U+FFFD.
 */
export function textsOfTrace(
  trace: TraceTexts,
  models: ReadonlySet<string>,
  services: ReadonlySet<string>,
): FindableText[] {
  const { userId, environment, release, version, name, tags = [], conversationIds = [], metadata = {} } = trace;
  return [
    ...texts('userId', [userId]),
    ...texts('tag', tags),
    ...texts('environment', [environment]),
    ...texts('release', [release]),
    ...texts('version', [version]),
    ...texts('name', [name]),
    ...texts('model', models),
    ...texts('service', services),
    ...texts('conversationId', conversationIds),
    ...texts('metadata', findableMetadata(metadata)),
  ];
}

function texts(kind: TextKind, values: Iterable<string | undefined>): FindableText[] {
  const found = new Set<string>();
  for (const value of values) if (value) found.add(inUtf8(value));
  return [...found].map((value) => ({ kind, value }));
}

export function inUtf8(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\u{fffd}');
}

function findableMetadata(metadata: Readonly<Record<string, Json>>): string[] {
  return Object.keys(metadata)
    .sort(compareText)
    .slice(0, MAX_METADATA_KEYS)
    .flatMap((key) => {
      const value = metadata[key];
      if (key === '' || value === null || value === undefined || typeof value === 'object') return [];
      const text = metadataText({ key, value: String(value) });
      return text.length > MAX_METADATA_TEXT ? [] : text;
    });
}

/** Adds a model or a service to those of a trace. */
export function addName(names: Set<string>, name: string | null): void {
  if (name === null || name === '' || names.has(name)) return;
  names.add(name);
  if (names.size <= MAX_NAMES) return;
  const last = [...names].sort(compareText).at(-1);
  if (last !== undefined) names.delete(last);
}

/** Those of some observations. */
export function namesOf(all: Iterable<string | null>): Set<string> {
  const names = new Set<string>();
  for (const name of all) addName(names, name);
  return names;
}
