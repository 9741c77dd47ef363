import { ClickHouseError } from '@clickhouse/client';
import { StoreUnavailable } from '../unavailable.js';

/**
 * What may be wrong: `query` is a fault of ours, `access` must be changed by the operator, `server` passes when the server can do
 * again what it was asked, `connection` when it can be reached again.
 */
export type FailureKind = 'query' | 'access' | 'server' | 'connection';

/** Codes of ClickHouse (`src/Common/ErrorCodes.cpp`) that say that a query is wrong, not that the server cannot run it now. */
const FAULTS_OF_QUERY = new Set(['27', '36', '43', '47', '53', '62', '117', '130', '386', '456', '457']);

/** UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, ACCESS_DENIED, AUTHENTICATION_FAILED. */
const ACCESS = new Set(['192', '193', '194', '497', '516']);

/** What is said of other codes, for a client and the log: without addresses, paths and values. */
const WORDS: Readonly<Record<string, string>> = {
  '159': 'a query took too long',
  '164': 'it is read-only',
  '202': 'it runs as many queries as it may',
  '241': 'it has too little memory',
  '242': 'a table is read-only, as while its replica has no Keeper',
  '243': 'its disk is full',
  '252': 'a table has too many parts; it takes more when it has merged them',
  '285': 'too few replicas are up',
  '286': 'replicas have not confirmed what was written before',
  '289': 'a replica is behind',
  '319': 'replicas did not confirm in time',
  '774': 'a table is set to read-only',
  '999': 'Keeper cannot be reached',
};

export function kindOf(error: unknown): FailureKind {
  if (!(error instanceof ClickHouseError)) return 'connection';
  if (FAULTS_OF_QUERY.has(error.code)) return 'query';
  return ACCESS.has(error.code) ? 'access' : 'server';
}

/** Whether the server refuses the user, or what the user does. */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof StoreUnavailable && kindOf(error.cause) === 'access';
}

/** What went wrong, for the client and the log. */
export function sayOf(error: unknown): string {
  if (error instanceof ClickHouseError) {
    const words = WORDS[error.code] ?? error.type ?? 'it reports an error';
    return `ClickHouse cannot do it now: ${words} (code ${error.code}).`;
  }
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return /timeout/i.test(error instanceof Error ? error.message : '')
    ? 'ClickHouse does not answer in time.'
    : `ClickHouse cannot be reached${code}.`;
}
