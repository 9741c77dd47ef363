import { DEFAULT_PORT, TRACES_PATH } from '@powerrag/protocol';
import { type HttpProxy, readProxy } from './proxy.js';
import type { Unusable } from './unusable.js';

/** Names of environment variables, the first that is set and not empty counts. */
const VARIABLES = {
  /** The PowerRAG server that spans are sent to. Default: `http://127.0.0.1:4318`. */
  baseUrl: ['POWERRAG_BASE_URL', 'LANGFUSE_BASE_URL', 'LANGFUSE_BASEURL', 'LANGFUSE_HOST'],
  /** The public key, for a server that asks for keys. Default: none. */
  publicKey: ['POWERRAG_PUBLIC_KEY', 'LANGFUSE_PUBLIC_KEY'],
  /** The secret key that belongs to it. Default: none. */
  secretKey: ['POWERRAG_SECRET_KEY', 'LANGFUSE_SECRET_KEY'],
  /** The environment of every span that has none, such as `production`. Default: none. */
  environment: ['POWERRAG_ENVIRONMENT', 'LANGFUSE_TRACING_ENVIRONMENT'],
  /** The release of every span that has none. Default: none. */
  release: ['POWERRAG_RELEASE', 'LANGFUSE_RELEASE'],
  /** A directory that keeps what could not be sent, for the next process to send. Default: none. */
  spoolDirectory: ['POWERRAG_SPOOL_DIRECTORY'],
} as const;

type Variables = Readonly<Record<string, string | undefined>>;

/** Where to send spans, and as whom. */
export interface ConnectionOptions {
  /** The PowerRAG server that spans are sent to, an http or https URL. Default: `POWERRAG_BASE_URL`. */
  readonly baseUrl?: string;
  /** The public key. Set both keys or neither; without them no `Authorization` header is sent. Default: `POWERRAG_PUBLIC_KEY`. */
  readonly publicKey?: string;
  /** The secret key. Never sent in clear to another host. Default: `POWERRAG_SECRET_KEY`. */
  readonly secretKey?: string;
  /** Headers sent with each request; an `Authorization` among them counts more than the keys. Default: none. */
  readonly additionalHeaders?: Readonly<Record<string, string>>;
  /**
   * Certificates in PEM form of the authorities that the server's certificate may be signed by, in place of those that Node knows.
   * Default: those, and the ones in the file that `NODE_EXTRA_CA_CERTS` names.
   */
  readonly ca?: string;
}

export interface Connection {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly isLoopback: boolean;
  readonly proxy: HttpProxy | undefined;
  readonly ca: string | undefined;
  /** Names of the keys that begin or end with white space, for the log. */
  readonly spacedKeys: string | undefined;
}

export function readConnection(options: ConnectionOptions, variables: Variables): Connection | Unusable {
  const baseUrl = options.baseUrl || fromEnvironment('baseUrl', variables) || `http://127.0.0.1:${DEFAULT_PORT}`;
  const url = parseUrl(baseUrl);
  if (url === undefined) {
    const given =
      typeof baseUrl === 'string' ? JSON.stringify(withoutUser(baseUrl)) : `a value of type ${typeof baseUrl}`;
    return { problem: `baseUrl is no http or https URL: ${given}. Give one such as https://example.com.` };
  }
  if (url.username !== '' || url.password !== '') {
    return { problem: 'baseUrl holds a user name or a password. Give them as publicKey and secretKey.' };
  }
  const additionalHeaders = options.additionalHeaders ?? {};
  const ca = options.ca || undefined;
  const keys = readKeys(options, variables);
  if ('problem' in keys) return keys;
  const headers = { ...authorization(keys), ...inSmallLetters(additionalHeaders) };
  const isLoopback = isLoopbackHost(url.hostname);
  if (url.protocol === 'http:' && !isLoopback && Object.keys(headers).some((name) => SECRET_HEADER.test(name))) {
    return {
      problem:
        `baseUrl is ${url.origin}: a key would cross the network in clear, so nothing is sent. ` +
        'Use https, or unset the keys if the server needs none.',
    };
  }
  const fault = faultOfHeaders(additionalHeaders);
  if (fault !== undefined) return { problem: fault };
  if (ca !== undefined && !isPem(ca)) {
    return { problem: 'ca is no certificate in PEM form. Give the text of the file, not its path.' };
  }
  const proxy = isLoopback ? undefined : readProxy(url, variables);
  if (proxy && 'problem' in proxy) return proxy;
  return { url, headers, isLoopback, proxy, ca, spacedKeys: spacedKeysOf(keys) };
}

/** The names of HTTP headers know no case: written in two ways, one would be sent twice. */
function inSmallLetters(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function isPem(ca: unknown): boolean {
  return (typeof ca === 'string' || Buffer.isBuffer(ca)) && ca.includes('-----BEGIN CERTIFICATE-----');
}

/** Headers whose value lets others in. */
const SECRET_HEADER = /authorization|cookie|token|secret|api-?key/i;
/** Headers that say how the request is made, which is decided here. */
const OUR_HEADER =
  /^(connection|content-(encoding|length|type)|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** Both, or neither. */
interface Keys {
  readonly publicKey?: string;
  readonly secretKey?: string;
}

const KEY_NAMES = {
  publicKey: 'publicKey (POWERRAG_PUBLIC_KEY)',
  secretKey: 'secretKey (POWERRAG_SECRET_KEY)',
} as const;

function readKeys(options: ConnectionOptions, variables: Variables): Keys | Unusable {
  const publicKey = options.publicKey || fromEnvironment('publicKey', variables);
  const secretKey = options.secretKey || fromEnvironment('secretKey', variables);
  if (publicKey !== undefined && secretKey !== undefined) {
    return { publicKey: String(publicKey), secretKey: String(secretKey) };
  }
  if (publicKey === undefined && secretKey === undefined) return {};
  const missing = publicKey === undefined ? KEY_NAMES.publicKey : KEY_NAMES.secretKey;
  return { problem: `${missing} is not set, but the other key is. Set both, or neither.` };
}

function authorization({ publicKey, secretKey }: Keys): Record<string, string> {
  if (publicKey === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${publicKey}:${secretKey}`, 'utf8').toString('base64')}` };
}

/** White space is not taken off: the server may have read its keys from the same file. */
function spacedKeysOf({ publicKey = '', secretKey = '' }: Keys): string | undefined {
  const names: string[] = [];
  if (publicKey !== publicKey.trim()) names.push(KEY_NAMES.publicKey);
  if (secretKey !== secretKey.trim()) names.push(KEY_NAMES.secretKey);
  return names.length === 0 ? undefined : names.join(' and ');
}

/** What HTTP would not let through; found at the start rather than with each request. */
function faultOfHeaders(headers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (OUR_HEADER.test(name)) return `additionalHeaders cannot set ${name}.`;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      return `additionalHeaders has a name that HTTP does not allow: ${JSON.stringify(name)}.`;
    if (typeof value !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      return `additionalHeaders has a value for ${name} that HTTP does not allow. Give a string of Latin characters in one line.`;
    }
  }
  return undefined;
}

function withoutUser(url: string): string {
  // Whatever stands before an @ may be a password.
  return url.replace(/^.*@/s, '…@');
}

export function readEnvironment(variables: Variables): string | undefined {
  return fromEnvironment('environment', variables);
}

export function readRelease(variables: Variables): string | undefined {
  return fromEnvironment('release', variables);
}

export function readSpoolDirectory(variables: Variables): string | undefined {
  return fromEnvironment('spoolDirectory', variables);
}

function fromEnvironment(setting: keyof typeof VARIABLES, variables: Variables): string | undefined {
  for (const name of VARIABLES[setting]) {
    const value = variables[name];
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function parseUrl(baseUrl: unknown): URL | undefined {
  const text = baseUrl instanceof URL ? baseUrl.href : baseUrl;
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.pathname = url.pathname.replace(/\/+$/, '') + TRACES_PATH;
  return url;
}

/** Whether what is sent to the host stays on this machine. */
function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
