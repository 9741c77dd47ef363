import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority that nobody knows. */
export function createAuthority(): Promise<Certificate> {
  return pemOf('Test Authority', {
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
}

/** A certificate for a host on loopback, signed by `ca`, or by itself. It is valid today unless `notAfter` says otherwise. */
export function createCertificate({
  ca,
  host = 'localhost',
  notAfter,
}: {
  readonly ca?: Certificate;
  readonly host?: string;
  readonly notAfter?: Date;
}): Promise<Certificate> {
  return pemOf(host, {
    ...(ca ? { ca } : {}),
    ...(notAfter ? { notBeforeDate: new Date(notAfter.getTime() - 86_400_000), notAfterDate: notAfter } : {}),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
  });
}

type Options = NonNullable<Parameters<typeof generate>[1]>;

async function pemOf(name: string, options: Options): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...options,
  });
  return { cert, key };
}
