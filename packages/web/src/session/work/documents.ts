import type { Json } from '@powerrag/protocol';

/** A document as a search gave it back. */
export interface RetrievedDocument {
  /** From 1, in the order of the result. */
  readonly rank: number;
  readonly text: string;
  /** A title or a file; null where the result names none. */
  readonly source: string | null;
  readonly score: number | null;
}

type Fields = Readonly<Record<string, Json>>;

const LISTS = [
  'documents',
  'results',
  'matches',
  'chunks',
  'passages',
  'hits',
  'nodes',
  'items',
  'data',
  'source_documents',
];
const TEXTS = ['page_content', 'pageContent', 'text', 'content', 'document', 'passage', 'chunk', 'snippet', 'body'];
const SOURCES = ['title', 'source', 'file', 'file_name', 'filename', 'path', 'url', 'uri', 'name', 'id', 'document_id'];
const SCORES = ['score', 'relevance_score', 'similarity', 'relevance', '_score'];
const DEEPEST = 4;

/**
 * The documents in the output of a search: a list of texts or of objects with a text, by the names that common libraries use. Empty
 * where the search found nothing; null where the output is of no known shape.
 */
export function readDocuments(output: Json): RetrievedDocument[] | null {
  const list = listIn(output, 0);
  if (list === null) return null;
  const documents = list.flatMap((entry, n) => readDocument(entry, n + 1) ?? []);
  return documents.length === list.length ? documents : null;
}

function listIn(value: Json, depth: number): readonly Json[] | null {
  if (Array.isArray(value)) return value;
  if (!isFields(value) || depth > DEEPEST) return null;
  for (const name of LISTS) {
    const found = value[name];
    const list = found === undefined ? null : listIn(found, depth + 1);
    if (list !== null) return list;
  }
  return null;
}

function readDocument(entry: Json, rank: number): RetrievedDocument | null {
  if (typeof entry === 'string') return { rank, text: entry, source: null, score: null };
  // LangChain's search with scores gives pairs.
  if (Array.isArray(entry) && entry.length === 2 && typeof entry[1] === 'number') {
    const document = readDocument(entry[0], rank);
    return document && { ...document, score: entry[1] };
  }
  if (!isFields(entry)) return null;
  const inner = [
    entry,
    ...['document', 'node', 'chunk', 'payload', '_source'].flatMap((name) => fieldsIn(entry, name)),
  ];
  const about = inner.flatMap((fields) => [fields, ...fieldsIn(fields, 'metadata'), ...fieldsIn(fields, 'meta')]);
  const text = firstOf(about, TEXTS, isText);
  if (text === null) return null;
  return { rank, text, source: firstOf(about, SOURCES, isText), score: firstOf(about, SCORES, isNumber) };
}

function firstOf<T extends Json>(
  candidates: readonly Fields[],
  names: readonly string[],
  fits: (value: Json | undefined) => value is T,
): T | null {
  for (const fields of candidates) {
    for (const name of names) {
      const value = fields[name];
      if (fits(value)) return value;
    }
  }
  return null;
}

function fieldsIn(fields: Fields, name: string): Fields[] {
  const value = fields[name];
  return value !== undefined && isFields(value) ? [value] : [];
}

function isFields(value: Json): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number';
}
