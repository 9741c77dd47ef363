import type { ToolDefinition } from './answer/model.js';
import type { Passage } from './corpus.js';
import { type Block, blocksOf } from './markdown.js';

/** Something the model may ask to have done. */
export interface Tool {
  readonly definition: ToolDefinition;
  /** Throws an error that says what is wrong with the arguments, and what would be right. */
  run(args: Readonly<Record<string, unknown>>): unknown;
}

/** A documented setting: one row of a configuration table. */
export interface Setting {
  /** The names in the row's first cell: an option, or an environment variable and its equivalents. */
  readonly names: readonly string[];
  /** The row's other cells by the table's headers. */
  readonly details: Readonly<Record<string, string>>;
  readonly section: string;
}

const TEXT = { type: 'string' } as const;

/** The tools of the chat, by name. All three answer from the documents themselves. */
export function createTools(passages: readonly Passage[]): ReadonlyMap<string, Tool> {
  const settings = passages.flatMap(settingsOf);
  const tools = [
    tool('list_documents', 'Lists the documents with their titles.', {}, () => listDocuments(passages)),
    tool(
      'read_section',
      'Reads a document, or one section of it.',
      {
        document: { ...TEXT, description: 'such as docs/sessions.md' },
        section: { ...TEXT, description: 'a heading' },
      },
      ({ document, section }) => readSection(passages, textOf(document, 'document'), section),
    ),
    tool(
      'lookup_configuration',
      'Looks up an option or environment variable by its exact name, with its default.',
      { name: { ...TEXT, description: 'such as POWERRAG_BASE_URL' } },
      ({ name }) => lookUp(settings, textOf(name, 'name')),
    ),
  ];
  return new Map(tools.map((each) => [each.definition.function.name, each]));
}

/** Every name that `lookup_configuration` knows. */
export function settingNames(passages: readonly Passage[]): string[] {
  return passages.flatMap(settingsOf).flatMap((setting) => setting.names);
}

function tool(
  name: string,
  description: string,
  properties: Record<string, { type: 'string'; description: string }>,
  run: Tool['run'],
): Tool {
  const required = Object.keys(properties).filter((property) => property !== 'section');
  const parameters = { type: 'object', properties, required, additionalProperties: false };
  return { definition: { type: 'function', function: { name, description, parameters } }, run };
}

function listDocuments(passages: readonly Passage[]): { document: string; title: string }[] {
  const titles = new Map<string, string>();
  for (const { document, headings } of passages) {
    if (!titles.has(document)) titles.set(document, headings[0] ?? document);
  }
  return [...titles].map(([document, title]) => ({ document, title }));
}

function readSection(passages: readonly Passage[], document: string, section: unknown): object {
  const inDocument = passages.filter((passage) => passage.document === document);
  if (inDocument.length === 0) {
    const known = listDocuments(passages).map((each) => each.document);
    throw new Error(`there is no document "${document}"; there are: ${known.join(', ')}`);
  }
  if (section === undefined) return { document, text: inDocument.map((passage) => passage.text).join('\n\n') };
  const wanted = textOf(section, 'section').toLowerCase();
  const found = inDocument.find((passage) => passage.headings.at(-1)?.toLowerCase() === wanted);
  if (!found) {
    const known = inDocument.map((passage) => passage.headings.at(-1));
    throw new Error(`${document} has no section "${section}"; it has: ${known.join(', ')}`);
  }
  return { document, section: found.headings.at(-1), text: found.text };
}

function lookUp(settings: readonly Setting[], name: string): readonly Setting[] {
  const found = settings.filter(({ names }) => names.some((each) => each.toLowerCase() === name.toLowerCase()));
  if (found.length === 0) throw new Error(`no setting is named "${name}" in the configuration tables`);
  return found;
}

function settingsOf(passage: Passage): Setting[] {
  return blocksOf(passage.text).flatMap((block) => (block.type === 'row' ? settingOf(block, passage.id) : []));
}

function settingOf({ headers, cells }: Extract<Block, { type: 'row' }>, section: string): Setting[] {
  const names = [...(cells[0] ?? '').matchAll(/`([^`]+)`/g)].flatMap(([, name]) => name?.split(/[ =]/)[0] ?? []);
  if (names.length === 0) return [];
  const details = Object.fromEntries(headers.slice(1).map((header, index) => [header, cells[index + 1] ?? '']));
  return [{ names, details, section }];
}

function textOf(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`"${field}" must be a non-empty string`);
}
