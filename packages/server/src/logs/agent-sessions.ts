import type { Observation } from '../observation/observation.js';
import type { ObservationWriter, SessionReader } from '../store/contract.js';
import type { Retention } from '../store/retention.js';
import { type Agent, startOfTraceIds } from './agent-event.js';
import { AGENTS } from './agents.js';

/** What it takes to show a session of an agent from its logs, and to take that back when its spans come. */
export type AgentSessionStore = Pick<SessionReader, 'listTraceIds' | 'listObservations'> &
  Pick<Retention, 'deleteTraces'>;

/** Sessions that are remembered as having spans: more than run at a time. */
const MAX_REMEMBERED = 1_000;

/**
 * An agent may send spans that say the same as its events, in any order: then the spans are shown, and what was made of the
 * events goes away.
 */
export class AgentSessions {
  readonly #store: AgentSessionStore;
  readonly #withSpans = new Set<string>();

  constructor(store: AgentSessionStore) {
    this.#store = store;
  }

  /** Whether spans of the session have come. */
  async hasSpans(agent: Agent, projectId: string, sessionId: string): Promise<boolean> {
    const { isItsSpan } = agent;
    if (isItsSpan === undefined) return false;
    if (this.#withSpans.has(keyOf(agent, projectId, sessionId))) return true;
    const start = startOfTraceIds(agent, sessionId);
    for (const traceId of await this.#store.listTraceIds(projectId, sessionId)) {
      if (traceId.startsWith(start)) continue;
      const observations = await this.#store.listObservations(projectId, { traceId });
      if (!observations.some(isItsSpan)) continue;
      this.#remember(keyOf(agent, projectId, sessionId));
      return true;
    }
    return false;
  }

  /** Takes back what was made of the session's events. */
  async takeBack(agent: Agent, projectId: string, sessionId: string): Promise<void> {
    const start = startOfTraceIds(agent, sessionId);
    const made = (await this.#store.listTraceIds(projectId, sessionId)).filter((id) => id.startsWith(start));
    if (made.length > 0) await this.#store.deleteTraces(projectId, { kind: 'traces', traceIds: made });
  }

  /** The writer, which takes back what was made of events as soon as the first span of their session is stored. */
  writer(writer: ObservationWriter): ObservationWriter {
    return {
      write: async (projectId, batch) => {
        await writer.write(projectId, batch);
        for (const agent of AGENTS) await this.#takeBackAfter(agent, projectId, batch);
      },
    };
  }

  async #takeBackAfter(agent: Agent, projectId: string, batch: readonly Observation[]): Promise<void> {
    const { isItsSpan } = agent;
    if (isItsSpan === undefined) return;
    const sessions = new Set(batch.flatMap((each) => (isItsSpan(each) ? (each.trace.sessionId ?? []) : [])));
    for (const sessionId of sessions) {
      const key = keyOf(agent, projectId, sessionId);
      if (this.#withSpans.has(key)) continue;
      this.#remember(key);
      await this.takeBack(agent, projectId, sessionId);
    }
  }

  #remember(key: string): void {
    const [oldest] = this.#withSpans;
    if (this.#withSpans.size >= MAX_REMEMBERED && oldest !== undefined) this.#withSpans.delete(oldest);
    this.#withSpans.add(key);
  }
}

function keyOf({ service }: Agent, projectId: string, sessionId: string): string {
  return `${service}\0${projectId}\0${sessionId}`;
}
