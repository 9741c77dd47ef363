import { SERVER_URL, TRACES_PATH } from '@powerrag/protocol';
import type { Connection } from './connection.js';
import type { Unusable } from './unusable.js';

/** Tells the tracing package where the page is that shows the spans, unless another exporter has. */
export function tellServerUrl(connection: Connection | Unusable): void {
  const globals: typeof globalThis & { [SERVER_URL]?: string } = globalThis;
  if (!('problem' in connection)) globals[SERVER_URL] ??= connection.url.href.slice(0, -TRACES_PATH.length);
}
