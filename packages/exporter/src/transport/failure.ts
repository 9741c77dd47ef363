/** Error codes for a certificate that no trusted authority has signed. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Error codes of connections that could not be made. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether no connection could be made, so that the server cannot have received anything. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.has(codeOf(error));
}

/** Why a request got no answer and, if known, how to fix it. Contains no credential. */
export function describeFailure(error: unknown, { origin, protocol }: URL): string {
  const code = codeOf(error);
  if (UNTRUSTED.has(code)) {
    return (
      `the certificate of ${origin} is not signed by an authority that Node trusts (${code}). If the authority is your own, ` +
      'start Node with NODE_EXTRA_CA_CERTS set to the file of its certificate, or pass the certificate as the option `ca`.'
    );
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${origin} has expired (${code}). Renew it on the server.`;
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${origin} is not valid yet (${code}). Check the clocks of both machines.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${origin} is for another host (${code}). Set baseUrl to a name in the certificate.`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `${origin} does not use TLS (${code}). If the server has no certificate, baseUrl must begin with http:.`;
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
      return `${plain(error, code, origin)}. Is the server running, and is baseUrl (POWERRAG_BASE_URL) its URL?`;
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
      if (protocol === 'https:') return plain(error, code, origin);
      return `the connection was closed without an answer: ${plain(error, code, origin)}. If the server uses TLS, baseUrl must begin with https:.`;
    default:
      return plain(error, code, origin);
  }
}

/** The `code` of an error of Node or undici; empty if it has none. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}

function plain(error: unknown, code: string, origin: string): string {
  // If a name has several addresses, the error for all attempts has no message.
  const message = error instanceof Error && error.message !== '' ? error.message : `cannot reach ${origin}`;
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
