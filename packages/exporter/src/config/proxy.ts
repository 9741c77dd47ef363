import type { Unusable } from './unusable.js';

/** The proxy that requests go through, as curl and most HTTP clients read it from the environment. */
export interface HttpProxy {
  /** Its URL, with user name and password if it asks for them. Never logged. */
  readonly url: string;
  /** Hosts to reach without it: names that stand for their subdomains too, with or without a port, separated by commas; `*` for all. */
  readonly exceptions: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an endpoint: that of `https_proxy` or `http_proxy`, by the endpoint's scheme, with the names of capital letters
 * as second choice. Undefined where none is set. The caller knows that the endpoint is on another machine.
 */
export function readProxy(endpoint: URL, variables: Variables): HttpProxy | Unusable | undefined {
  const name = endpoint.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const url = variables[name] || variables[name.toUpperCase()];
  if (!url) return undefined;
  if (!isProxyUrl(url)) {
    return {
      problem: `${name.toUpperCase()} is no http or https URL. Give one such as http://proxy.example.com:3128.`,
    };
  }
  return { url, exceptions: variables.no_proxy || variables.NO_PROXY || '' };
}

function isProxyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { password, protocol, username } = new URL(text);
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return protocol === 'http:' || protocol === 'https:';
}
