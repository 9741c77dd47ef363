import { plural } from '../base/plural.js';
import type { Annotations } from '../store/annotations.js';
import type { Importer } from '../store/clickhouse/importer.js';
import type { StoredTrace } from '../store/contract.js';
import type { LogEvents } from '../store/log-events.js';
import type { MediaStore } from '../store/media.js';
import type { DumpedPart, DumpedParts, DumpedTrace, PartCursor, SqliteDump } from '../store/sqlite/dump.js';

/** What arrived is not what was sent. The message names what differs and what to do. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed';
}

/** What a database is moved to. */
export interface MigrationTarget
  extends Pick<LogEvents, 'writeLogEvents'>,
    Pick<Annotations, 'writeAnnotations'>,
    Pick<MediaStore, 'writeMedia'> {
  readonly importer: Importer;
}

/** What was moved, by this and earlier calls. */
export interface Migrated {
  readonly traces: number;
  readonly observations: number;
  readonly totalTokens: number;
}

/** How far it is: a part, with the place in it. */
interface Position extends Migrated {
  readonly part: 'traces' | DumpedPart | 'over';
  /** Of traces. */
  readonly afterKey: number;
  /** Of another part. */
  readonly after: PartCursor | null;
}

const START: Position = { part: 'traces', afterKey: -1, after: null, traces: 0, observations: 0, totalTokens: 0 };
/** After the traces. */
const PARTS = ['pieces', 'logEvents', 'annotations', 'media', 'tombstones'] as const satisfies readonly DumpedPart[];
/** Bounds of what is moved in one step. */
const MOST_TRACES = 200;
const MOST_OBSERVATIONS = 2_000;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** What of a trace has to be the same on both sides. */
const COMPARED = [
  ...(['sessionId', 'userId', 'name', 'startMs', 'endMs', 'observationCount', 'errorCount'] as const),
  ...(['inputTokens', 'outputTokens', 'totalTokens', 'totalCost', 'costEstimated'] as const),
] as const satisfies readonly (keyof StoredTrace)[];

/**
 * Moves everything of a database: traces, with what follows from their words, and what belongs to them. Every trace is compared with what arrived, and every part is
 * counted. It goes on where an earlier call ended, however it ended. Rejects with `MigrationFailed`.
 *
 * @param progress is called after each step.
 */
export async function migrate(
  from: SqliteDump,
  to: MigrationTarget,
  progress: (done: Migrated) => void = () => {},
): Promise<Migrated> {
  const { importer } = to;
  const known = await importer.position();
  let position: Position = known === null ? START : (JSON.parse(known) as Position);
  const go = async (next: Position): Promise<void> => {
    position = next;
    await importer.remember(JSON.stringify(position));
    progress(position);
  };
  if (position.part === 'traces') {
    for await (const step of inSteps(from.traces(position.afterKey)))
      await go(await moveTraces(importer, step, position));
    await go({ ...position, part: PARTS[0], after: null });
  }
  for (const [at, part] of PARTS.entries()) {
    while (position.part === part) {
      const next = await movePart(from, to, part, position.after);
      await go(
        next === null ? { ...position, part: PARTS[at + 1] ?? 'over', after: null } : { ...position, after: next },
      );
    }
  }
  for (const part of ['traces', ...PARTS] as const) {
    const [there, here] = [from.count(part), await importer.count(part)];
    if (here < there) {
      throw new MigrationFailed(
        `Of ${there} ${part} ${here} arrived. Nothing was taken away; move to a database that is empty.`,
      );
    }
  }
  return position;
}

/** Traces of one project that are moved together. */
async function* inSteps(traces: AsyncIterable<DumpedTrace>): AsyncIterable<readonly DumpedTrace[]> {
  let step: DumpedTrace[] = [];
  let [observations, characters] = [0, 0];
  for await (const trace of traces) {
    const isFull = step.length === MOST_TRACES || observations >= MOST_OBSERVATIONS || characters >= MOST_CHARACTERS;
    if (step.length > 0 && (isFull || step[0]?.projectId !== trace.projectId)) {
      yield step;
      [step, observations, characters] = [[], 0, 0];
    }
    step.push(trace);
    observations += trace.observations.length;
    for (const { body } of trace.observations) characters += (body.input?.length ?? 0) + (body.output?.length ?? 0);
  }
  if (step.length > 0) yield step;
}

async function moveTraces(importer: Importer, step: readonly DumpedTrace[], before: Position): Promise<Position> {
  const [first, last] = [step[0], step.at(-1)];
  if (first === undefined || last === undefined) return before;
  const arrived = await importer.addTraces(
    first.projectId,
    step.map((each) => ({ ...each, traceId: each.trace.id })),
  );
  for (const { trace } of step) compare(trace, arrived.get(trace.id));
  const sum = (of: (each: DumpedTrace) => number) => step.reduce((total, each) => total + of(each), 0);
  return {
    ...{ ...before, afterKey: last.key, traces: before.traces + step.length },
    observations: before.observations + sum(({ observations }) => observations.length),
    totalTokens: before.totalTokens + sum(({ trace }) => trace.totalTokens),
  };
}

/** A trace of which more has come since is not compared. */
function compare(sent: StoredTrace, arrived: StoredTrace | undefined): void {
  if (arrived === undefined) throw new MigrationFailed(`Trace ${sent.id} did not arrive: it was deleted there before.`);
  if (arrived.observationCount > sent.observationCount) return;
  for (const field of COMPARED) {
    if (sent[field] === arrived[field]) continue;
    const values = `${JSON.stringify(sent[field])} became ${JSON.stringify(arrived[field])}`;
    throw new MigrationFailed(`Trace ${sent.id} did not arrive as it was: ${field} ${values}. Please report this.`);
  }
}

/** Moves a page, and gives the place after it; null after the last one. */
async function movePart<P extends DumpedPart>(
  from: SqliteDump,
  to: MigrationTarget,
  part: P,
  after: PartCursor | null,
): Promise<PartCursor | null> {
  const { items, next } = from.page(part, after);
  const projects = new Map<string, DumpedParts[P][]>();
  for (const { projectId, item } of items) projects.set(projectId, [...(projects.get(projectId) ?? []), item]);
  const add: { readonly [K in DumpedPart]: (projectId: string, all: readonly DumpedParts[K][]) => Promise<void> } = {
    pieces: (...all) => to.importer.addPieces(...all),
    logEvents: (...all) => to.writeLogEvents(...all),
    annotations: (...all) => to.writeAnnotations(...all),
    media: (...all) => to.writeMedia(...all),
    tombstones: (...all) => to.importer.addTombstones(...all),
  };
  for (const [projectId, all] of projects) await add[part](projectId, all);
  return next;
}

/** In words. */
export function describeMigrated({ traces, observations, totalTokens }: Migrated): string {
  return `${plural(traces, 'trace')} with ${plural(observations, 'observation')} and ${totalTokens} tokens`;
}
