import { digestTrace } from '../digest/index.js';
import { type Intake, intakeHere } from '../intake/intake.js';
import { digestWithLogWords } from '../logs/join-words.js';
import { normalise } from '../normalise/index.js';
import type { IngestLimits } from '../otlp/limits.js';
import { estimateCosts, type Overrides } from '../prices/index.js';
import type { Annotations } from '../store/annotations.js';
import type { WorkFigures } from '../store/figures.js';
import type { MediaStore } from '../store/media.js';
import type { Retention } from '../store/retention.js';
import { anyDriver, sqliteStore } from '../store/sqlite/index.js';
import { lowerPriority } from './lower-priority.js';
import type { Calls } from './messages.js';
import { RunningReads } from './running-reads.js';
import type { MainThread } from './serve-calls.js';

export interface IngestWorkerData {
  readonly kind: 'ingest';
  /** The real path of the database, whose lock the main thread holds. */
  readonly file: string;
  /** Whether the database had a lock before. */
  readonly wasUsed: boolean;
  /** Whether this worker takes the place of one that died. */
  readonly isReplacement: boolean;
  readonly prices: Overrides;
  readonly limits: IngestLimits;
  /** Shared memory, see `RunningReads`. */
  readonly runningReads: Int32Array;
}

/** What the worker does for the main thread: everything that writes. */
export type IngestCalls = Pick<Intake, 'traces' | 'logs' | 'langfuseBatch'> &
  Pick<Annotations, 'writeAnnotations' | 'deleteAnnotation'> &
  Pick<MediaStore, 'writeMedia'> &
  Pick<Retention, 'deleteTraces'> & {
    /** Makes everything durable and closes the database. */
    close(): Promise<{ readonly isLeftOpen: boolean }>;
  };

/** What the worker tells the main thread unasked. */
export type IngestNotice =
  /** Why nothing can be stored now; null when all is well. */
  | { readonly trouble: string | null }
  /** Traces whose session is shown otherwise now. */
  | { readonly shown: { readonly projectId: string; readonly traceIds: readonly string[] } }
  /** How long a transaction took that stored what was sent. */
  | { readonly commitMs: number }
  /** What the store has left to do. */
  | { readonly work: WorkFigures };

/** Milliseconds after which the file is looked at, also when nobody writes. */
const LOOK_EVERY_MS = 1_000;

/** Opens the database and takes bodies. Throws `DatabaseUnusable`. */
export function startIngest(data: IngestWorkerData, main: MainThread): Calls {
  lowerPriority();
  const { log } = main;
  const { file, wasUsed, isReplacement: isReopened, prices, limits } = data;
  const reads = new RunningReads(data.runningReads);
  const lock = { file, wasUsed, release: () => {} };
  const store = sqliteStore(file, anyDriver(), log, {
    ...{ lock, isReopened },
    digestTrace: digestWithLogWords(digestTrace),
    isRead: () => reads.any(),
    onCommit: (commitMs) => main.notice({ commitMs } satisfies IngestNotice),
    onShown: (projectId, traceIds) => main.notice({ shown: { projectId, traceIds } } satisfies IngestNotice),
  });
  const withCost = estimateCosts(prices);
  const intake = intakeHere({
    ...{ writer: store, pieces: store, logEvents: store, annotations: store, media: store, agentSessions: store },
    ...{ normalise: (span) => withCost(normalise(span)), withCost, limits, log },
  });

  let told: string | null = null;
  const tellTrouble = () => {
    const trouble = store.trouble?.() ?? null;
    if (trouble === told) return;
    told = trouble;
    main.notice({ trouble } satisfies IngestNotice);
  };
  const looking = setInterval(() => {
    tellTrouble();
    main.notice({ work: store.work() } satisfies IngestNotice);
  }, LOOK_EVERY_MS);
  // Before the answer, so that who has it finds the main thread informed.
  const informing = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => {
    return (...args: A): Promise<T> => call(...args).finally(tellTrouble);
  };

  return {
    traces: informing(intake.traces),
    logs: informing(intake.logs),
    langfuseBatch: informing(intake.langfuseBatch),
    writeAnnotations: informing(store.writeAnnotations),
    deleteAnnotation: informing(store.deleteAnnotation),
    writeMedia: informing(store.writeMedia),
    deleteTraces: informing(store.deleteTraces),
    close: async () => {
      clearInterval(looking);
      await store.close();
      return { isLeftOpen: store.isLeftOpen };
    },
  } satisfies IngestCalls;
}
