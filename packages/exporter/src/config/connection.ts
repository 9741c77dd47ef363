import { DEFAULT_PORT, TRACES_PATH } from '@powerrag/protocol';
import { readVariable, type Variables } from './environment.js';
import { type HttpProxy, readProxy } from './proxy.js';
import type { Unusable } from './unusable.js';

/** Where to send spans, and with which keys. */
export interface ConnectionOptions {
  /** The PowerRAG server to send spans to, an http or https URL. Default: `POWERRAG_BASE_URL`. */
  readonly baseUrl?: string;
  /** The public key. Set both keys or neither; without them no `Authorization` header is sent. Default: `POWERRAG_PUBLIC_KEY`. */
  readonly publicKey?: string;
  /** The secret key. Never sent unencrypted to another host. Default: `POWERRAG_SECRET_KEY`. */
  readonly secretKey?: string;
  /** Headers to send with each request. An `Authorization` header replaces the one made from the keys. Default: none. */
  readonly additionalHeaders?: Readonly<Record<string, string>>;
  /**
   * Certificates (PEM text) of the authorities to trust instead of those that Node trusts. Default: those, and the ones in the
   * file named by `NODE_EXTRA_CA_CERTS`.
   */
  readonly ca?: string;
}

export interface Connection {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly isLoopback: boolean;
  readonly proxy: HttpProxy | undefined;
  readonly ca: string | undefined;
  /** Names of the keys that begin or end with white space, for a warning. */
  readonly spacedKeys: string | undefined;
}

/** Checks the options and environment variables. Returns a problem when nothing can be sent with them. */
export function readConnection(options: ConnectionOptions, variables: Variables): Connection | Unusable {
  const baseUrl = options.baseUrl || readVariable('baseUrl', variables) || `http://127.0.0.1:${DEFAULT_PORT}`;
  const url = parseUrl(baseUrl);
  if (url === undefined) {
    const given =
      typeof baseUrl === 'string' ? JSON.stringify(withoutUser(baseUrl)) : `a value of type ${typeof baseUrl}`;
    return { problem: `baseUrl is not an http or https URL: ${given}. Set it to one such as https://example.com.` };
  }
  if (url.username !== '' || url.password !== '') {
    return { problem: 'baseUrl contains a user name or password. Set publicKey and secretKey instead.' };
  }
  const additionalHeaders = options.additionalHeaders ?? {};
  const ca = options.ca || undefined;
  const keys = readKeys(options, variables);
  if ('problem' in keys) return keys;
  const headers = { ...authorization(keys), ...lowerCased(additionalHeaders) };
  const isLoopback = isLoopbackHost(url.hostname);
  if (url.protocol === 'http:' && !isLoopback && Object.keys(headers).some((name) => SECRET_HEADER.test(name))) {
    return {
      problem:
        `baseUrl is ${url.origin}: a key would be sent unencrypted, so nothing is sent. ` +
        'Use https, or unset the keys if the server needs none.',
    };
  }
  const problem = headerProblem(additionalHeaders);
  if (problem !== undefined) return { problem };
  if (ca !== undefined && !isPem(ca)) {
    return { problem: 'ca is not a PEM certificate. Set it to the text of the file, not its path.' };
  }
  const proxy = isLoopback ? undefined : readProxy(url, variables);
  if (proxy && 'problem' in proxy) return proxy;
  return { url, headers, isLoopback, proxy, ca, spacedKeys: spacedKeysOf(keys) };
}

/** Header names are case-insensitive, so two spellings of a name must not send it twice. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function isPem(ca: unknown): boolean {
  return (typeof ca === 'string' || Buffer.isBuffer(ca)) && ca.includes('-----BEGIN CERTIFICATE-----');
}

/** Headers whose value grants access. */
const SECRET_HEADER = /authorization|cookie|token|secret|api-?key/i;
/** Headers that the exporter or the HTTP client sets. */
const OUR_HEADER =
  /^(connection|content-(encoding|length|type)|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** Both keys, or neither. */
interface Keys {
  readonly publicKey?: string;
  readonly secretKey?: string;
}

const KEY_NAMES = {
  publicKey: 'publicKey (POWERRAG_PUBLIC_KEY)',
  secretKey: 'secretKey (POWERRAG_SECRET_KEY)',
} as const;

function readKeys(options: ConnectionOptions, variables: Variables): Keys | Unusable {
  const publicKey = options.publicKey || readVariable('publicKey', variables);
  const secretKey = options.secretKey || readVariable('secretKey', variables);
  if (publicKey !== undefined && secretKey !== undefined) {
    return { publicKey: String(publicKey), secretKey: String(secretKey) };
  }
  if (publicKey === undefined && secretKey === undefined) return {};
  const missing = publicKey === undefined ? KEY_NAMES.publicKey : KEY_NAMES.secretKey;
  return { problem: `${missing} is not set, but the other key is. Set both or neither.` };
}

function authorization({ publicKey, secretKey }: Keys): Record<string, string> {
  if (publicKey === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${publicKey}:${secretKey}`, 'utf8').toString('base64')}` };
}

/** White space is sent as it is, because the server may have read its keys from the same file. */
function spacedKeysOf({ publicKey = '', secretKey = '' }: Keys): string | undefined {
  const names: string[] = [];
  if (publicKey !== publicKey.trim()) names.push(KEY_NAMES.publicKey);
  if (secretKey !== secretKey.trim()) names.push(KEY_NAMES.secretKey);
  return names.length === 0 ? undefined : names.join(' and ');
}

/** Why the headers cannot be sent. Checked at the start, so that the error does not come with each request. */
function headerProblem(headers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (OUR_HEADER.test(name)) return `additionalHeaders cannot set ${name}.`;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      return `additionalHeaders has a name that HTTP does not allow: ${JSON.stringify(name)}.`;
    if (typeof value !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      return `additionalHeaders has a value for ${name} that HTTP does not allow. Use a single line of Latin-1 characters.`;
    }
  }
  return undefined;
}

function withoutUser(url: string): string {
  // Everything before an @ may be a password.
  return url.replace(/^.*@/s, '…@');
}

function parseUrl(baseUrl: unknown): URL | undefined {
  const text = baseUrl instanceof URL ? baseUrl.href : baseUrl;
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.pathname = url.pathname.replace(/\/+$/, '') + TRACES_PATH;
  return url;
}

/** Whether requests to the host stay on this machine. */
function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
