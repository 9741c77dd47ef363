import type { Observation } from '../observation/observation.js';
import type { ObservationWriter, SessionReader } from '../store/contract.js';
import type { Retention } from '../store/retention.js';
import { SCOPE, startOfTraceIds } from './claude-code.js';

/** What it takes to show a session of Claude Code from its logs, and to take that back when its spans come. */
export type AgentSessionStore = Pick<SessionReader, 'listTraceIds' | 'listObservations'> &
  Pick<Retention, 'deleteTraces'>;

/** Sessions that are remembered as having spans: more than run at a time. */
const MAX_REMEMBERED = 1_000;

/**
 * Claude Code may send its spans as well as its events, in any order: then the spans are shown, and what was made of the events
 * goes away.
 */
export class AgentSessions {
  readonly #store: AgentSessionStore;
  readonly #withSpans = new Set<string>();

  constructor(store: AgentSessionStore) {
    this.#store = store;
  }

  /** Whether spans of the session have come. */
  async hasSpans(projectId: string, sessionId: string): Promise<boolean> {
    if (this.#withSpans.has(keyOf(projectId, sessionId))) return true;
    const start = startOfTraceIds(sessionId);
    for (const traceId of await this.#store.listTraceIds(projectId, sessionId)) {
      if (traceId.startsWith(start)) continue;
      const observations = await this.#store.listObservations(projectId, { traceId });
      if (!observations.some(isOfClaudeCode)) continue;
      this.#remember(projectId, sessionId);
      return true;
    }
    return false;
  }

  /** Takes back what was made of the session's events. */
  async takeBack(projectId: string, sessionId: string): Promise<void> {
    const start = startOfTraceIds(sessionId);
    const made = (await this.#store.listTraceIds(projectId, sessionId)).filter((id) => id.startsWith(start));
    if (made.length > 0) await this.#store.deleteTraces(projectId, { kind: 'traces', traceIds: made });
  }

  /** The writer, which takes back what was made of events as soon as the first span of their session is stored. */
  writer(writer: ObservationWriter): ObservationWriter {
    return {
      write: async (projectId, batch) => {
        await writer.write(projectId, batch);
        const sessions = new Set(batch.flatMap((each) => (isOfClaudeCode(each) ? (each.trace.sessionId ?? []) : [])));
        for (const sessionId of sessions) {
          if (this.#withSpans.has(keyOf(projectId, sessionId))) continue;
          this.#remember(projectId, sessionId);
          await this.takeBack(projectId, sessionId);
        }
      },
    };
  }

  #remember(projectId: string, sessionId: string): void {
    const [oldest] = this.#withSpans;
    if (this.#withSpans.size >= MAX_REMEMBERED && oldest !== undefined) this.#withSpans.delete(oldest);
    this.#withSpans.add(keyOf(projectId, sessionId));
  }
}

/** What is made of events has another scope. */
function isOfClaudeCode({ scope, name }: Pick<Observation, 'scope' | 'name'>): boolean {
  return scope === 'com.anthropic.claude_code.tracing' || (name.startsWith('claude_code.') && scope !== SCOPE);
}

function keyOf(projectId: string, sessionId: string): string {
  return `${projectId}\0${sessionId}`;
}
