import { DEFAULT_PORT, TRACES_PATH } from '@powerrag/protocol';

/** Names of environment variables, the first that is set and not empty counts. */
const VARIABLES = {
  baseUrl: ['POWERRAG_BASE_URL', 'LANGFUSE_BASE_URL', 'LANGFUSE_BASEURL', 'LANGFUSE_HOST'],
  publicKey: ['POWERRAG_PUBLIC_KEY', 'LANGFUSE_PUBLIC_KEY'],
  secretKey: ['POWERRAG_SECRET_KEY', 'LANGFUSE_SECRET_KEY'],
  environment: ['POWERRAG_ENVIRONMENT', 'LANGFUSE_TRACING_ENVIRONMENT'],
  release: ['POWERRAG_RELEASE', 'LANGFUSE_RELEASE'],
  spoolDirectory: ['POWERRAG_SPOOL_DIRECTORY'],
} as const;

type Variables = Readonly<Record<string, string | undefined>>;

/** Where to send spans, and as whom. */
export interface ConnectionOptions {
  /** The server. Default: `POWERRAG_BASE_URL`, else `http://127.0.0.1:4318`. */
  readonly baseUrl?: string;
  /** Default: `POWERRAG_PUBLIC_KEY`. Without both keys, no `Authorization` header is sent. */
  readonly publicKey?: string;
  /** Default: `POWERRAG_SECRET_KEY`. */
  readonly secretKey?: string;
  /** Sent with each request. */
  readonly additionalHeaders?: Readonly<Record<string, string>>;
}

export interface Connection {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly isLoopback: boolean;
}

/** What an unusable setting makes of the exporter: nothing is sent, and the message says how to mend it. */
export interface Unusable {
  readonly problem: string;
}

export function readConnection(options: ConnectionOptions, variables: Variables): Connection | Unusable {
  const baseUrl = options.baseUrl ?? fromEnvironment('baseUrl', variables) ?? `http://127.0.0.1:${DEFAULT_PORT}`;
  const url = parseUrl(baseUrl);
  if (url === undefined) {
    return {
      problem: `baseUrl is no http or https URL: ${JSON.stringify(baseUrl)}. Give one such as https://example.com.`,
    };
  }
  const publicKey = options.publicKey ?? fromEnvironment('publicKey', variables);
  const secretKey = options.secretKey ?? fromEnvironment('secretKey', variables);
  const isLoopback = isLoopbackHost(url.hostname);
  const headers: Record<string, string> = { ...options.additionalHeaders };
  if (publicKey !== undefined && secretKey !== undefined) {
    if (url.protocol === 'http:' && !isLoopback) {
      return {
        problem:
          `baseUrl is ${url.origin}: a key would cross the network in clear, so nothing is sent. ` +
          'Use https, or unset the keys if the server needs none.',
      };
    }
    headers.authorization = `Basic ${Buffer.from(`${publicKey}:${secretKey}`, 'utf8').toString('base64')}`;
  } else if (publicKey !== undefined || secretKey !== undefined) {
    const missing = publicKey === undefined ? 'publicKey (POWERRAG_PUBLIC_KEY)' : 'secretKey (POWERRAG_SECRET_KEY)';
    return { problem: `${missing} is not set, but the other key is. Set both, or neither.` };
  }
  return { url, headers, isLoopback };
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

function parseUrl(baseUrl: string): URL | undefined {
  if (!URL.canParse(baseUrl)) return undefined;
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.pathname = url.pathname.replace(/\/+$/, '') + TRACES_PATH;
  return url;
}

/** Whether what is sent to the host stays on this machine. */
function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
