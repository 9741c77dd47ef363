/** Where a ClickHouse server is, as `--store` names it. */
export interface ClickhouseAddress {
  /** `http://user:password@host:8123/database`, or `https://`. Holds the password: never to be logged. */
  readonly url: string;
  /** `host:port`, for messages. */
  readonly shown: string;
  readonly database: string;
  /** The cluster's name in ClickHouse's configuration; null for a single server. */
  readonly cluster: string | null;
}

/** The address is not valid. The message is the rest of a sentence that begins with the option's name. */
export class InvalidAddress extends Error {
  override readonly name = 'InvalidAddress';
}

const FORM = 'clickhouse://user:password@host:8123/database';
const PARAMETERS = ['cluster', 'secure'];
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const CLUSTER = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * Reads `clickhouse://user:password@host:8123/database?cluster=NAME&secure=true`. Defaults: ClickHouse's own user, port 8123 (8443
 * with `secure`), database `powerrag`. Throws `InvalidAddress`, whose message never holds the address: it may have a password.
 */
export function readAddress(text: string): ClickhouseAddress {
  const url = parse(text);
  const database = url.pathname.replace(/^\//, '') || 'powerrag';
  if (!IDENTIFIER.test(database)) {
    throw new InvalidAddress(
      `must name one database, of letters, digits and _, got ${JSON.stringify(database)}: ${FORM}`,
    );
  }
  for (const name of url.searchParams.keys()) {
    if (PARAMETERS.includes(name)) continue;
    throw new InvalidAddress(`has no parameter ${JSON.stringify(name)}; there are ${PARAMETERS.join(' and ')}`);
  }
  const cluster = url.searchParams.get('cluster');
  if (cluster !== null && !CLUSTER.test(cluster)) {
    throw new InvalidAddress('must have in cluster the name of a cluster as it is in the configuration of ClickHouse');
  }
  const isSecure = readSecure(url.searchParams.get('secure'));
  const shown = `${url.hostname}:${url.port || (isSecure ? '8443' : '8123')}`;
  const user = url.username === '' ? '' : `${url.username}${url.password === '' ? '' : `:${url.password}`}@`;
  return { url: `${isSecure ? 'https' : 'http'}://${user}${shown}/${database}`, shown, database, cluster };
}

function parse(text: string): URL {
  if (!/^clickhouse:\/\//i.test(text)) {
    throw new InvalidAddress(`must begin with clickhouse://, as in ${FORM}; for a SQLite file use database`);
  }
  let url: URL;
  try {
    url = new URL(text);
    decodeURIComponent(url.username);
    decodeURIComponent(url.password);
  } catch {
    const signs = 'write the signs @ : / ? # % of a user or a password as %40 %3A %2F %3F %23 %25';
    throw new InvalidAddress(`must be an address such as ${FORM}; ${signs}`);
  }
  if (url.hostname === '') throw new InvalidAddress(`must name a host, as in ${FORM}`);
  if (url.hash !== '') throw new InvalidAddress('must not have a #; write it as %23 in a password');
  return url;
}

function readSecure(text: string | null): boolean {
  if (text === null || text === 'false') return false;
  if (text === 'true') return true;
  throw new InvalidAddress('must have true or false in secure');
}
