import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { choicesOf, constantsOf, entriesOf, membersOf } from './declarations.mjs';
import { floorsOf } from './floors.mjs';
import { root } from './run.mjs';

/** The interfaces of options, and where they are: the page's tables have them in this order. */
export const OPTIONS = /** @type {const} */ ({
  exporter: [
    ['packages/exporter/src/config/connection.ts', 'ConnectionOptions'],
    ['packages/exporter/src/config/options.ts', 'PowerRAGSpanProcessorOptions'],
    ['packages/exporter/src/mask/masking.ts', 'MaskingOptions'],
  ],
  register: [['packages/exporter/src/register.ts', 'RegisterOptions']],
  flush: [['packages/exporter/src/processor.ts', 'FlushOptions']],
  tracing: [['packages/tracing/src/base/types.ts', 'TracingOptions']],
});

const KEYS = 'packages/protocol/src/attribute-keys.ts';
const STATS = 'packages/exporter/src/report/stats.ts';

/** The table for each marker of a page. */
export const TABLES = {
  'options of the exporter': () => optionTable('exporter'),
  'options of register': () => optionTable('register'),
  'options of forceFlush and shutdown': () => optionTable('flush'),
  'options of configureTracing': () => optionTable('tracing'),
  'environment variables': variableTable,
  'options of the server': serverTable,
  'observation keys': () => keyTable((name) => name.startsWith('observation')),
  'trace keys': () => keyTable((name) => name.startsWith('trace') || name === 'sessionId' || name === 'userId'),
  'other keys': () => keyTable((name) => !/^(observation|trace|sessionId$|userId$)/.test(name)),
  'GenAI keys': () => wireTable('packages/protocol/src/gen-ai-keys.ts', 'GenAiAttributeKeys', 'Key'),
  'baggage keys': () => wireTable('packages/protocol/src/propagation.ts', 'BaggageKeys', 'Entry'),
  'observation types': () => choiceTable('packages/protocol/src/observation.ts', 'OBSERVATION_TYPES', 'Type'),
  'observation levels': () => choiceTable('packages/protocol/src/observation.ts', 'OBSERVATION_LEVELS', 'Level'),
  endpoints: endpointTable,
  stats: () =>
    table(
      ['Field', 'Meaning'],
      membersOf(STATS, 'ExporterStats').map((f) => [code(f.name), f.meaning]),
    ),
  'drop reasons': () =>
    table(
      ['Reason', 'Meaning'],
      choicesOf(STATS, 'DropReason').map((r) => [code(r.values[0] ?? ''), r.meaning]),
    ),
  metrics: metricTable,
  'keys of the page': shortcutTable,
  'floors of tracing': () => floorTable('tracing'),
  'floors of exporter': () => floorTable('exporter'),
  'floors of server': () => floorTable('server'),
  'floors of web': () => floorTable('web'),
};

/**
 * Every option of a group, except those for tests.
 * @param {keyof typeof OPTIONS} group
 */
export function optionsOf(group) {
  return OPTIONS[group]
    .flatMap(([path, name]) => membersOf(path, name))
    .filter(({ meaning }) => !meaning.startsWith('For tests'));
}

/** The environment variables of the exporter, those of one setting together. */
export function variables() {
  return entriesOf('packages/exporter/src/config/environment.ts', 'VARIABLES');
}

/**
 * The names of OpenTelemetry metrics in the exporter, with the docstring before or the description after each.
 * @returns {{ name: string, meaning: string }[]}
 */
export function metrics() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const path of sourceFiles('packages/exporter/src')) {
    const source = readFileSync(join(root, path), 'utf8');
    for (const match of source.matchAll(/'((?:otel\.sdk|powerrag\.exporter)\.[a-z_.]+)'/g)) {
      const [name = '', from] = [match[1], match.index];
      const docstring = /\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*[\w.: {(]*$/.exec(source.slice(0, from))?.[1];
      const description = /^[^;]{0,200}?description: '([^']+)'/.exec(source.slice(from))?.[1];
      const meaning = (docstring ?? description ?? '').replace(/\s*\n\s*\*\s*/g, ' ');
      if (!found.get(name)) found.set(name, meaning);
    }
  }
  return [...found].map(([name, meaning]) => ({ name, meaning }));
}

/** @param {keyof typeof OPTIONS} group */
function optionTable(group) {
  return table(
    ['Option', 'Type', 'Meaning', 'Default'],
    optionsOf(group).map(({ name, type, meaning, fallback }) => [code(name), code(type), meaning, fallback ?? '']),
  );
}

function variableTable() {
  return table(
    ['Variable', 'Meaning', 'Default'],
    variables().map(({ values, meaning, fallback }) => [values.map(code).join(', '), meaning, fallback ?? '']),
  );
}

/** From the text that `powerrag --help` prints. */
function serverTable() {
  const port = constantsOf('packages/protocol/src/endpoints.ts').find(({ name }) => name === 'DEFAULT_PORT')?.value;
  const help = readFileSync(join(root, 'packages/server/src/commands/config.ts'), 'utf8').replaceAll(
    /\$\{DEFAULT_PORT\}/g,
    port ?? '',
  );
  const rows = [...help.matchAll(/^ {2}(--\S+(?: <\w+>)?) {2,}(.+)$/gm)].map(([, flag = '', text = '']) => {
    const [, meaning = text, fallback = ''] = /^(.*?)(?: \(default (.*)\))?$/.exec(text) ?? [];
    return [code(flag), meaning.charAt(0).toUpperCase() + meaning.slice(1), fallback && code(fallback)];
  });
  return table(['Option', 'Meaning', 'Default'], rows);
}

/** @param {(name: string) => boolean} select */
function keyTable(select) {
  return table(
    ['Key', 'Value', 'Meaning', 'Written by', 'Read by'],
    entriesOf(KEYS, 'SpanAttributeKeys')
      .filter(({ name }) => select(name))
      .map(({ name, values, wire, meaning }) => [
        code(values[0] ?? ''),
        wire ?? '',
        meaning,
        ['tracing', 'exporter'].filter((side) => mentions(side, name)).join(', ') || 'other SDKs',
        mentions('server', name) ? 'server' : 'server, as metadata',
      ]),
  );
}

/**
 * @param {string} path
 * @param {string} name
 * @param {string} title
 */
function wireTable(path, name, title) {
  return table(
    [title, 'Value', 'Meaning'],
    entriesOf(path, name).map(({ values, wire, meaning }) => [code(values[0] ?? ''), wire ?? 'text', meaning]),
  );
}

/**
 * @param {string} path
 * @param {string} name
 * @param {string} title
 */
function choiceTable(path, name, title) {
  return table(
    [title, 'For'],
    entriesOf(path, name).map(({ values, meaning }) => [code(values[0] ?? ''), meaning]),
  );
}

function endpointTable() {
  const paths = constantsOf('packages/protocol/src/endpoints.ts').filter(({ value }) => value.startsWith('/'));
  return table(
    ['Path', 'For'],
    paths.map(({ value, meaning }) => [code(`POST ${value}`), meaning]),
  );
}

function metricTable() {
  const found = metrics();
  if (found.length === 0) return 'This version has none.';
  return table(
    ['Metric', 'Meaning'],
    found.map(({ name, meaning }) => [code(name), meaning]),
  );
}

/** From the help that the page shows. */
function shortcutTable() {
  const source = readFileSync(join(root, 'packages/web/src/session/shortcuts.ts'), 'utf8');
  const rows = [...source.matchAll(/\{ keys: \[(.+)\], says: '(.+)' \}/g)].map(([, keys = '', says = '']) => [
    [...keys.matchAll(/'([^']+)'/g)].map(([, key = '']) => (key === '–' ? 'to' : code(key))).join(' '),
    says,
  ]);
  return table(['Key', 'What it does'], rows);
}

/**
 * The floors of a package, highest first: a folder imports from the rows below it that have another number.
 * @param {string} name of a package
 */
function floorTable(name) {
  const rows = floorsOf(name).flatMap((floor, index) =>
    Object.entries(floor).map(([folder, contents]) => [String(index + 1), code(`${folder}/`), contents]),
  );
  return table(['Floor', 'Folder', 'Contents'], rows.reverse());
}

/**
 * Whether a side of the wire names the key in its code; the table of names for migration does not count.
 * @param {string} side
 * @param {string} name
 */
function mentions(side, name) {
  // By name, or as one of several names that a table in the same file is read with.
  const pattern = new RegExp(`\\b(?:SpanAttribute)?Keys\\.${name}\\b|'${name}'[\\s\\S]*SpanAttributeKeys\\[`);
  return sourceFiles(`packages/${side}/src`)
    .filter((path) => !path.endsWith('langfuse-names.ts'))
    .some((path) => pattern.test(readFileSync(join(root, path), 'utf8')));
}

/**
 * The sources of a folder, without tests.
 * @param {string} folder relative to the root
 */
export function sourceFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(test|test-d|suite)\.ts$|(^|\/)testing(\/|\.ts$)/.test(name))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/**
 * @param {readonly string[]} titles
 * @param {readonly (readonly string[])[]} rows
 */
function table(titles, rows) {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\.$/, '')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
