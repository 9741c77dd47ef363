import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CLUSTER_CONFIG, OneProcessCluster } from './cluster.mjs';

/**
 * A ClickHouse engine (chdb, in this process) behind the part of ClickHouse's HTTP interface that `@clickhouse/client` uses.
 *
 *   node engine.mjs MODULES FOLDER PORT [cluster|measured]
 *
 * MODULES holds chdb, FOLDER the data. With `cluster` it has a cluster of two shards, see cluster.mjs; with `measured` it does not
 * remember which blocks a condition left out, as a repeated query would then read nothing. Prints its address once it answers.
 */
const [modules, folder, port, mode] = process.argv.slice(2);
const cluster = mode === 'cluster' ? new OneProcessCluster() : null;
const { Session } = createRequire(join(modules, 'package.json'))('chdb');
mkdirSync(folder, { recursive: true });
// Few threads: the engine shares the machine with what is tested.
const config = join(folder, 'engine.xml');
writeFileSync(
  config,
  `<clickhouse>
    <background_pool_size>2</background_pool_size>
    <background_merges_mutations_concurrency_ratio>1</background_merges_mutations_concurrency_ratio>
    <background_schedule_pool_size>2</background_schedule_pool_size>
    <background_common_pool_size>2</background_common_pool_size>
    ${cluster === null ? '' : CLUSTER_CONFIG}
  </clickhouse>`,
);
const session = new Session(join(folder, 'data'), {
  connectionArgs: [
    ...[`--config-file=${config}`, '--max_threads=1', '--max_insert_threads=1'],
    ...(mode === 'measured' ? ['--use_query_condition_cache=0'] : []),
  ],
});

/** Parameters of the URL that are not settings. */
const OWN = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'session_id',
  'role',
  'enable_http_compression',
]);

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://engine');
  if (url.pathname === '/ping') return response.end('Ok.\n');
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  try {
    checkSizes(request.url ?? '', url.searchParams);
    const result = await answer(url.searchParams, body);
    response.setHeader('x-clickhouse-summary', JSON.stringify(summary(result)));
    response.end(result?.bytes?.() ?? '');
  } catch (error) {
    const code = error.clickhouseCode ?? error.code ?? 1000;
    response.statusCode = 500;
    response.setHeader('x-clickhouse-exception-code', String(code));
    response.end(`Code: ${code}. DB::Exception: ${error.message}`);
  }
});

/** The defaults of ClickHouse: `http_max_uri_size` and `http_max_field_value_size`. Statements are among the fields. */
function checkSizes(address, parameters) {
  const isTooLong = [...parameters.values()].some((value) => Buffer.byteLength(value) > 128 * 1024);
  if (isTooLong) throw new Error('HTML Form Exception: Field value too long');
  if (address.length > 1024 * 1024) throw new Error('URI is too long');
}

async function answer(parameters, body) {
  const query = parameters.get('query');
  const database = parameters.get('database');
  const named = [...parameters].filter(([name]) => name.startsWith('param_'));
  const settings = [...parameters].filter(([name]) => !name.startsWith('param_') && !OWN.has(name));
  if (query !== null && /^\s*insert/i.test(query)) return insert(query, database, settings, body);
  const text = query === null ? body.toString() : `${query}\n${body}`;
  const [, before = text, format = 'TabSeparated'] = /^([\s\S]*?)\s*FORMAT\s+(\w+)\s*;?\s*$/i.exec(text) ?? [];
  if (database !== null) await use(database);
  const bound = Object.fromEntries(
    named.map(([key, value]) => {
      const name = key.slice('param_'.length);
      return [name, new RegExp(`\\{${name}:\\s*Array\\(`).test(before) ? listOf(value) : unescaped(value)];
    }),
  );
  const statement = withSettings(cluster?.statement(before, database) ?? before, [
    ...settings,
    ...(cluster?.settings(database) ?? []),
  ]);
  return named.length === 0
    ? session.queryAsync(statement, { format })
    : session.queryBindAsync(statement, bound, { format });
}

function insert(query, database, settings, body) {
  const [, target = '', columns] = /insert into\s+(\S+)\s*(\([^)]*\))?/i.exec(query) ?? [];
  const table = target.includes('.') || database === null ? target : `${database}.${target}`;
  return session.insert({
    table: table.replaceAll('`', ''),
    values: body,
    format: 'JSONEachRow',
    settings: Object.fromEntries(settings),
    ...(columns && {
      columns: columns
        .slice(1, -1)
        .split(',')
        .map((name) => name.trim()),
    }),
  });
}

function withSettings(statement, settings) {
  if (settings.length === 0 || !/^\s*(select|with)/i.test(statement)) return statement;
  const written = settings.map(([name, value]) => `${name} = ${/^\d+$|^\{/.test(value) ? value : `'${value}'`}`);
  return `${statement}\nSETTINGS ${written.join(', ')}`;
}

/** ClickHouse reads parameters of a URL as escaped text; chdb takes them as they are. */
function unescaped(value) {
  const named = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', 0: '\0' };
  return value.replace(/\\(.)/gs, (_, character) => named[character] ?? character);
}

/** The elements of an array, which are written as in SQL. */
function listOf(text) {
  const elements = text.match(/'(?:[^'\\]|\\.)*'|[^\s,[\]]+/gs) ?? [];
  return elements.map((each) => (each.startsWith("'") ? unescaped(each.slice(1, -1)) : Number(each)));
}

let current;
async function use(database) {
  if (current === database) return;
  await session.queryAsync(`USE ${database}`);
  current = database;
}

function summary(result) {
  return {
    read_rows: String(result?.rowsRead ?? 0),
    read_bytes: String(result?.bytesRead ?? 0),
    written_rows: String(result?.rowsWritten ?? 0),
    elapsed_ns: String(Math.round((result?.elapsed ?? 0) * 1e9)),
  };
}

server.listen(Number(port ?? 0), '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`);
});
