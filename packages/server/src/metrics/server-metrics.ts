import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a request may send, in the singular. */
export type TakenKind = 'span' | 'log record' | 'event';

/** What the ingest routes count. */
export interface IngestMetrics {
  /** @param rejected how many for each kind of reason. */
  taken(kind: TakenKind, accepted: number, rejected: Readonly<Record<string, number | undefined>>): void;
  /** A body had its turn to be stored. */
  waited(ms: number): void;
  /** A transaction of what was sent is durable. */
  committed(ms: number): void;
}

export interface AnsweredRequest {
  readonly method: string;
  /** Its pattern, such as `/api/v1/sessions/{id}`: never a path, which has ids. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** Whose wish a deletion was. */
export type DeletionCause = 'request' | 'retention';

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * What one server counts and measures since its start, for Prometheus. Labels have few values: no id, name or text of a client is
 * in them.
 */
export class ServerMetrics implements IngestMetrics {
  readonly #registry = new Registry();
  readonly #requests;
  readonly #requestSeconds;
  readonly #taken;
  readonly #rejected;
  readonly #waitSeconds;
  readonly #commitSeconds;
  readonly #deleted;

  constructor(version: string) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      ...{ name: 'powerrag_http_requests_total', help: 'Requests that were answered.', registers },
      labelNames: ['method', 'route', 'status'],
    });
    this.#requestSeconds = new Histogram({
      ...{ name: 'powerrag_http_request_duration_seconds', buckets: SECONDS, registers },
      help: 'Time until the answer begins; an event stream goes on after that.',
      labelNames: ['method', 'route'],
    });
    this.#taken = new Counter({
      ...{ name: 'powerrag_ingest_accepted_total', registers, labelNames: ['kind'] },
      help: 'Spans, log records and events of Langfuse batches that were accepted.',
    });
    this.#rejected = new Counter({
      ...{ name: 'powerrag_ingest_rejected_total', registers, labelNames: ['kind', 'reason'] },
      help: 'Those that were rejected: invalid, unreadable or unstorable.',
    });
    this.#waitSeconds = new Histogram({
      ...{ name: 'powerrag_ingest_queue_wait_seconds', buckets: SECONDS, registers },
      help: 'Time that a body waited for its turn to be stored.',
    });
    this.#commitSeconds = new Histogram({
      ...{ name: 'powerrag_commit_duration_seconds', buckets: SECONDS, registers },
      help: 'Time of a transaction that stores what was sent, with its wait for the disk.',
    });
    this.#deleted = new Counter({
      ...{ name: 'powerrag_deleted_traces_total', registers, labelNames: ['cause'] },
      help: 'Traces that were deleted, by request or by retention.',
    });
    this.gauge('powerrag_build_info', 'The version of the server, as a label.', () => 1, { version });
    this.gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
    const startS = Math.round(Date.now() / 1_000 - process.uptime());
    this.gauge('process_start_time_seconds', 'Start of the process, in Unix seconds.', () => startS);
    const cpu = new Counter({
      ...{ name: 'process_cpu_seconds_total', help: 'Processor time of the process.', registers },
      collect: () => {
        const { user, system } = process.cpuUsage();
        cpu.reset();
        cpu.inc((user + system) / 1e6);
      },
    });
    for (const cause of ['request', 'retention'] satisfies DeletionCause[]) this.#deleted.inc({ cause }, 0);
    for (const kind of ['span', 'log record', 'event'] satisfies TakenKind[]) this.#taken.inc({ kind }, 0);
  }

  answered({ method, route, status, ms }: AnsweredRequest): void {
    this.#requests.inc({ method, route, status });
    this.#requestSeconds.observe({ method, route }, ms / 1_000);
  }

  taken(kind: TakenKind, accepted: number, rejected: Readonly<Record<string, number | undefined>>): void {
    this.#taken.inc({ kind }, accepted);
    for (const [reason, count = 0] of Object.entries(rejected)) {
      if (count > 0) this.#rejected.inc({ kind, reason }, count);
    }
  }

  waited(ms: number): void {
    this.#waitSeconds.observe(Math.max(0, ms) / 1_000);
  }

  committed(ms: number): void {
    this.#commitSeconds.observe(ms / 1_000);
  }

  deleted(cause: DeletionCause, traces: number): void {
    this.#deleted.inc({ cause }, traces);
  }

  /** A value that is read when somebody asks. Not shown while it is null. */
  gauge(name: string, help: string, read: () => number | null, labels: Readonly<Record<string, string>> = {}): void {
    const known = this.#registry.getSingleMetric(name);
    if (known !== undefined) throw new Error(`the metric ${name} is there already`);
    const gauge = new Gauge({
      ...{ name, help, registers: [this.#registry], labelNames: Object.keys(labels) },
      collect: () => {
        const value = read();
        if (value === null) gauge.reset();
        else gauge.set({ ...labels }, value);
      },
    });
  }

  /** In Prometheus' text format, for `contentType`. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
