import { once } from 'node:events';
import { createServer } from 'node:net';
import { readAddress } from '../store/clickhouse/address.js';
import { type Finding, ok, problem, warning } from './findings.js';
import type { ServerConfig } from './options.js';
import { explainListen, readPrices } from './serve.js';

/** Characters from which on a secret is not found by trying. */
const LONG_SECRET = 16;
const PATIENCE_MS = 3_000;

export function checkKeys({ keys, host }: ServerConfig): Finding {
  if (keys === null) return ok('keys', `none; only requests that name this machine are answered (on ${host})`);
  if (keys.secretKey.length < LONG_SECRET) {
    return warning(
      'keys',
      `the secret key has ${keys.secretKey.length} characters; take a random one, such as from "openssl rand -hex 24"`,
    );
  }
  if (keys.publicKey === keys.secretKey) {
    return warning('keys', 'both keys are the same; the public key is no secret, so take another secret key');
  }
  return ok('keys', `clients must send them; the public key is ${keys.publicKey}`);
}

/** Throws `PricesUnusable`. */
export function checkPrices({ prices }: ServerConfig): Finding | null {
  if (prices === undefined) return null;
  const count = readPrices(prices).size;
  return ok('prices', `${prices} has ${count} of them`);
}

/** Listens for a moment, or asks who does. */
export async function checkPort({ host, port }: ServerConfig): Promise<Finding> {
  if (port === 0) return ok('port', 'any that is free');
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return ok('port', `${port} on ${host} is free`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const running = await versionAt(host, port);
    if (running !== null) return ok('port', `a PowerRAG server ${running} answers on ${host} port ${port}`);
    return problem('port', explainListen(error, host, port));
  } finally {
    server.close();
  }
}

/** The version of the PowerRAG server that answers; null when none does. */
async function versionAt(host: string, port: number): Promise<string | null> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${name}:${port}/health`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { version } = Object((await response.json()) as unknown);
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}

/** @param address a valid one. What is said of it never holds its password. */
export async function checkClickhouse(address: string): Promise<Finding> {
  const about = 'ClickHouse';
  const url = new URL(readAddress(address).url);
  const { host } = url;
  const credentials = [url.username, url.password].map(decodeURIComponent).join(':');
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const asked = new URL('/?query=SELECT%20version()', `${url.protocol}//${host}`);
  try {
    const response = await fetch(asked, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(url.username !== '' && { headers }),
    });
    const text = (await response.text()).trim();
    if (response.ok) return ok(about, `${text} answers at ${host}`);
    const isRefused = [401, 403, 516].includes(response.status);
    return isRefused
      ? problem(about, `${host} does not let this user in; correct the user or the password in store`)
      : problem(about, `${host} answers ${response.status}; check that it is the HTTP port of ClickHouse`);
  } catch (error) {
    const { cause = error } = Object(error) as { cause?: unknown };
    const reason = cause instanceof Error ? cause.message : String(cause);
    return problem(about, `${host} cannot be reached (${reason}); start it, or correct host and port in store`);
  }
}
