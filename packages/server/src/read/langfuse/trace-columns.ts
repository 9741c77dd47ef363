import { toTraceId } from '../../observation/foreign-id.js';
import { readMetadata } from '../../replay/index.js';
import type { StoredTrace } from '../../store/contract.js';
import { type Column, type Columns, metadataValue, OPERATORS } from './checks.js';
import type { Value, ValueKind } from './comparisons.js';
import { DEFAULT_ENVIRONMENT, seconds } from './shapes.js';

const column = (kind: ValueKind, read: (trace: StoredTrace) => Value | undefined): Column<StoredTrace> => ({
  kind,
  read: (trace) => read(trace) ?? null,
});

const totalTokens = column('number', (trace) => trace.totalTokens);

/** The columns of the Langfuse API by their names. Durations are in seconds, costs in US dollars. */
const NAMED: ReadonlyMap<string, Column<StoredTrace>> = new Map(
  Object.entries<Column<StoredTrace>>({
    id: { ...column('text', ({ id }) => id), normalise: toTraceId },
    name: column('text', ({ name }) => name),
    timestamp: column('time', ({ startMs }) => startMs),
    userId: column('text', ({ userId }) => userId),
    sessionId: column('text', ({ sessionId }) => sessionId),
    environment: column('text', ({ environment }) => environment ?? DEFAULT_ENVIRONMENT),
    version: column('text', ({ version }) => version),
    release: column('text', ({ release }) => release),
    tags: column('texts', ({ tags = [] }) => tags),
    bookmarked: column('boolean', () => false),
    latency: column('number', ({ startMs, endMs }) => seconds(endMs - startMs)),
    inputTokens: column('number', ({ inputTokens }) => inputTokens),
    outputTokens: column('number', ({ outputTokens }) => outputTokens),
    totalTokens,
    tokens: totalTokens,
    totalCost: column('number', ({ totalCost }) => totalCost ?? 0),
    errorCount: column('number', ({ errorCount }) => errorCount),
  }),
);

export const TRACE_COLUMNS: Columns<StoredTrace> = {
  named: NAMED,
  metadata: (kind, key) => column(kind, ({ metadata = {} }) => metadataValue(readMetadata(metadata), key, kind)),
  answered: `${[...NAMED.keys()].join(', ')} and metadata (with key), ${OPERATORS}`,
};
