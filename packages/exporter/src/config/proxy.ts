import type { Variables } from './environment.js';
import type { Unusable } from './unusable.js';

/** An HTTP proxy, as curl and most HTTP clients read it from the environment. */
export interface HttpProxy {
  /** URL, including user name and password if the proxy needs them. Never logged. */
  readonly url: string;
  /** Hosts to reach directly: names, which include their subdomains, with or without a port, separated by commas; `*` for all. */
  readonly exceptions: string;
}

/**
 * The proxy for an endpoint on another machine: `https_proxy` or `http_proxy`, depending on the endpoint's scheme, else the same
 * name in capital letters. Undefined when none is set.
 */
export function readProxy(endpoint: URL, variables: Variables): HttpProxy | Unusable | undefined {
  const name = endpoint.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const url = variables[name] || variables[name.toUpperCase()];
  if (!url) return undefined;
  if (!isProxyUrl(url)) {
    return {
      problem: `${name.toUpperCase()} is not an http or https URL. Set it to one such as http://proxy.example.com:3128.`,
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
