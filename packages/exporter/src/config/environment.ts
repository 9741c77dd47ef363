/** Names of environment variables. The first one that is set and not empty counts. */
const VARIABLES = {
  /** The PowerRAG server to send spans to. Default: `http://127.0.0.1:4318`. */
  baseUrl: ['POWERRAG_BASE_URL', 'LANGFUSE_BASE_URL', 'LANGFUSE_BASEURL', 'LANGFUSE_HOST'],
  /** The public key, for a server that requires keys. Default: none. */
  publicKey: ['POWERRAG_PUBLIC_KEY', 'LANGFUSE_PUBLIC_KEY'],
  /** The secret key that belongs to the public key. Default: none. */
  secretKey: ['POWERRAG_SECRET_KEY', 'LANGFUSE_SECRET_KEY'],
  /** The environment of every span that has none, such as `production`. Default: none. */
  environment: ['POWERRAG_ENVIRONMENT', 'LANGFUSE_TRACING_ENVIRONMENT'],
  /** The release of every span that has none. Default: none. */
  release: ['POWERRAG_RELEASE', 'LANGFUSE_RELEASE'],
  /** The share of the sessions that is sent, from 0 to 1. Default: all. */
  sampling: ['POWERRAG_SAMPLING', 'LANGFUSE_SAMPLE_RATE'],
  /** A directory for spans that could not be sent, which the next process sends. Default: none. */
  spoolDirectory: ['POWERRAG_SPOOL_DIRECTORY'],
} as const;

export type Variables = Readonly<Record<string, string | undefined>>;

/** The environment of this process. The only place that reads `process.env`. */
export function environmentVariables(): Variables {
  return process.env;
}

/** The value of a setting; undefined when no variable of it is set, or all are empty. */
export function readVariable(setting: keyof typeof VARIABLES, variables: Variables): string | undefined {
  for (const name of VARIABLES[setting]) {
    const value = variables[name];
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** Whether `OTEL_TRACES_SAMPLER` names a sampler. */
export function isSamplerSet(variables: Variables): boolean {
  return (variables.OTEL_TRACES_SAMPLER ?? '').trim() !== '';
}

/** Whether `OTEL_SDK_DISABLED` is `true`. */
export function isSdkDisabled(variables: Variables): boolean {
  return variables.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
}
