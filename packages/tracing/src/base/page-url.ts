import { SERVER_URL } from '@powerrag/protocol';
import { sharedState } from './shared-state.js';

const globals = globalThis as {
  readonly [SERVER_URL]?: string;
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
};

/**
 * An address of the page; `undefined` where nothing tells its host: neither `configureTracing({ pageUrl })`, nor an exporter, nor the variable
 * `POWERRAG_BASE_URL`.
 * @param path with its `/`
 */
export function pageUrl(path: string): string | undefined {
  const base = sharedState().options.pageUrl ?? globals[SERVER_URL] ?? globals.process?.env?.POWERRAG_BASE_URL;
  return typeof base === 'string' && base !== '' ? base.replace(/\/+$/, '') + path : undefined;
}

/** The address of a trace, at one of its observations where an id of it is given; `undefined` for ids of nothing that is recorded. */
export function tracePageUrl(traceId: string, observationId?: string): string | undefined {
  if (!/^(?!0+$)[\da-f]{32}$/.test(traceId)) return undefined;
  return pageUrl(`/traces/${traceId}${observationId === undefined ? '' : `?observation=${observationId}`}`);
}
