import type { Selection } from './replay-store.js';
import type { SessionHistory } from './session-history.js';

/** A place in a session that an address can name. */
export interface Moment {
  readonly selection: Selection | null;
  /** Null where the address names no time. */
  readonly timeMs: number | null;
}

/** Makes an address of one version one of the next. */
export type Upgrade = (query: URLSearchParams) => void;

/**
 * From version 1 on. A change of what a field means, or of its name, is a new version with a step here, so that an address that
 * somebody kept opens for ever. An address that names no version is of version 1: `trace`, `observation`, `t`.
 */
const UPGRADES: readonly Upgrade[] = [];

/**
 * Reads `?v=…&trace=…&observation=…&t=…`, of this version or an earlier one; of a later version, what can be read. What the session
 * does not have is left out rather than guessed.
 */
export function readMoment(search: string, history: SessionHistory): Moment {
  const query = upgraded(new URLSearchParams(search));
  const given = query.get('t');
  const timeMs = given === null || given === '' ? Number.NaN : Number(given);
  return { selection: readSelection(query, history), timeMs: Number.isFinite(timeMs) ? timeMs : null };
}

/**
 * Whether an address was written while somebody replayed. One without a time was not; nor was one whose time is only when what it
 * selects began or ended, as of a found question or answer: who opens it reads all of the session.
 */
export function isReplayed({ selection, timeMs }: Moment, history: SessionHistory): boolean {
  if (timeMs === null) return false;
  if (selection === null) return true;
  const { traceId, observationId } = selection;
  const startMs = observationId === null ? undefined : history.find(traceId, observationId)?.startMs;
  return [startMs, history.momentOf(selection)].every(
    (knownMs) => knownMs === undefined || Math.abs(knownMs - timeMs) > 1,
  );
}

/** The query of the address that leads back to this moment. The end of a session is where it opens, so it is not named. */
export function writeMoment(search: string, moment: Moment): string {
  const query = upgraded(new URLSearchParams(search));
  set(query, 'trace', moment.selection?.traceId ?? null);
  set(query, 'observation', moment.selection?.observationId ?? null);
  set(query, 't', moment.timeMs === null ? null : String(Math.round(moment.timeMs)));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The same address in the latest version. One that is of a later version than is known stays as it is. */
export function upgraded(query: URLSearchParams, upgrades: readonly Upgrade[] = UPGRADES): URLSearchParams {
  const given = Number(query.get('v') ?? 1);
  const version = Number.isInteger(given) && given >= 1 ? given : 1;
  for (const upgrade of upgrades.slice(version - 1)) upgrade(query);
  const latest = upgrades.length + 1;
  set(query, 'v', version > latest ? String(version) : latest === 1 ? null : String(latest));
  return query;
}

function readSelection(query: URLSearchParams, history: SessionHistory): Selection | null {
  const traceId = query.get('trace');
  const id = query.get('observation');
  const observation = id === null ? undefined : traceId === null ? history.findById(id) : history.find(traceId, id);
  if (observation) return { traceId: observation.traceId, observationId: observation.id };
  const trace = traceId === null ? undefined : history.trace(traceId);
  return trace ? { traceId: trace.id, observationId: null } : null;
}

function set(query: URLSearchParams, name: string, value: string | null): void {
  if (value === null) query.delete(name);
  else query.set(name, value);
}
