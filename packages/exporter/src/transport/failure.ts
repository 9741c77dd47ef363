/** OpenSSL's words, and Node's, for a certificate that nobody known has signed. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Why a request got no answer, in a sentence that says what would mend it where that is known. Names no credential. */
export function describeFailure(error: unknown, { origin, protocol }: URL): string {
  const code = codeOf(error);
  if (UNTRUSTED.has(code)) {
    return (
      `the certificate of ${origin} is signed by nobody that Node trusts (${code}). For a certificate authority of your own, ` +
      'start Node with NODE_EXTRA_CA_CERTS set to the file of its certificate, or give the certificate as the option `ca`.'
    );
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${origin} has expired (${code}). Renew it on the server.`;
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${origin} is not valid yet (${code}). Look whether both clocks are right.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${origin} is for another host (${code}). Set baseUrl to a name that is in the certificate.`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `${origin} does not speak TLS (${code}). If the server has no certificate, baseUrl begins with http:.`;
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
      return `${plain(error, code, origin)}. Is the server running, and is baseUrl (POWERRAG_BASE_URL) its URL?`;
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
      if (protocol === 'https:') return plain(error, code, origin);
      return `the connection was closed without an answer: ${plain(error, code, origin)}. If the server speaks TLS, baseUrl begins with https:.`;
    default:
      return plain(error, code, origin);
  }
}

/** The `code` that errors of Node and undici have; empty where there is none. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}

function plain(error: unknown, code: string, origin: string): string {
  // Where a name has several addresses, the error of all attempts together has no message of its own.
  const message = error instanceof Error && error.message !== '' ? error.message : `cannot reach ${origin}`;
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
