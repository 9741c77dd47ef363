import { CLIENT_REPORT_HEADER, type ClientReport } from '@powerrag/protocol';
import type { Log } from '../base/log.js';
import { type ClientReportStore, droppedIn, MAX_CLIENTS, type ReceivedClientReport } from '../store/client-reports.js';

export interface ClientReportsOptions {
  readonly log: Log;
  /** Unix milliseconds now. Default: the system's clock. */
  readonly now?: () => number;
  /** Where several servers keep the reports. Default: this server keeps its own, in memory. */
  readonly store?: ClientReportStore | undefined;
}

/** Projects kept. */
const MAX_PROJECTS = 1_000;
const MAX_HEADER_LENGTH = 4_096;
const MAX_REASONS = 32;
const LOG_INTERVAL_MS = 60_000;
/** Milliseconds in which reports are gathered before they are stored: each request brings one. */
const STORE_AFTER_MS = 2_000;
/** A program may report under ever new client ids; it must not fill the log. */
const MAX_LINES_A_MINUTE = 60;

interface Client {
  report: ReceivedClientReport;
  /** Dropped spans that the log has reported. */
  logged: number;
  loggedAt: number;
}

/**
 * What exporters report of themselves, in memory, and in the store that several servers share: an operator sees it in the log and over the API. Reports are not trusted: a
 * malformed one is ignored, and none changes how its request is answered.
 */
export class ClientReports {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #projects = new Map<string, Map<string, Client>>();
  readonly #store: ClientReportStore | undefined;
  /** Not stored yet, by project. The silent ones of more than `MAX_CLIENTS` a project are left out. */
  #unstored = new Map<string, Map<string, Client>>();
  #timer: NodeJS.Timeout | undefined;
  #minute = 0;
  #lines = 0;

  constructor({ log, now = Date.now, store }: ClientReportsOptions) {
    this.#log = log;
    this.#now = now;
    this.#store = store;
  }

  /** Keeps the report in a request's headers, if there is one. Never throws. */
  receive(projectId: string, headers: Pick<Headers, 'get'>): void {
    const report = readClientReport(headers.get(CLIENT_REPORT_HEADER));
    if (report === null) return;
    const clients = clientsOf(this.#projects, projectId);
    const known = clients.get(report.id);
    // Reports can overtake each other; totals only grow.
    const isNewer = known === undefined || droppedIn(report) >= droppedIn(known.report);
    const now = this.#now();
    const client: Client = known ?? {
      report: { ...report, firstSeenMs: now, lastSeenMs: now },
      logged: 0,
      loggedAt: 0,
    };
    client.report = { ...(isNewer ? report : client.report), firstSeenMs: client.report.firstSeenMs, lastSeenMs: now };
    // Moves it to the end: a map keeps the order of insertion.
    clients.delete(report.id);
    clients.set(report.id, client);
    evict(clients, MAX_CLIENTS);
    this.#logDropped(projectId, client, now);
    if (this.#store !== undefined) this.#storeSoon(projectId, client);
  }

  /** The latest report of each client of a project, most recent first. Rejects with `StoreUnavailable`. */
  async list(projectId: string): Promise<readonly ReceivedClientReport[]> {
    if (this.#store !== undefined) {
      await this.#storeNow();
      return this.#store.listClientReports(projectId);
    }
    return [...(this.#projects.get(projectId)?.values() ?? [])].map(({ report }) => report).reverse();
  }

  #storeSoon(projectId: string, client: Client): void {
    const clients = clientsOf(this.#unstored, projectId);
    clients.set(client.report.id, client);
    evict(clients, MAX_CLIENTS);
    this.#timer ??= setTimeout(() => void this.#storeNow().catch(() => {}), STORE_AFTER_MS).unref();
  }

  /** What cannot be stored is left to the next report: totals only grow. */
  async #storeNow(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const projects = this.#unstored;
    this.#unstored = new Map();
    for (const [projectId, clients] of projects) {
      await this.#store?.writeClientReports(
        projectId,
        [...clients.values()].map(({ report }) => report),
      );
    }
  }

  /** One line when the number of dropped spans has grown, at most once a minute per client. */
  #logDropped(projectId: string, client: Client, now: number): void {
    const spans = droppedIn(client.report);
    if (spans <= client.logged || now - client.loggedAt < LOG_INTERVAL_MS || !this.#mayLog(now)) return;
    const { dropped, id, sdk, service } = client.report;
    const line = { project: projectId, service, client: id, sdk: `${sdk.name}/${sdk.version}`, spans, dropped };
    client.logged = spans;
    client.loggedAt = now;
    this.#log.info(`a client dropped spans ${JSON.stringify(line)}`);
  }

  #mayLog(now: number): boolean {
    const minute = Math.floor(now / LOG_INTERVAL_MS);
    if (minute !== this.#minute) this.#lines = 0;
    this.#minute = minute;
    this.#lines += 1;
    return this.#lines <= MAX_LINES_A_MINUTE;
  }
}

function clientsOf(projects: Map<string, Map<string, Client>>, projectId: string): Map<string, Client> {
  const clients = projects.get(projectId) ?? new Map<string, Client>();
  projects.set(projectId, clients);
  evict(projects, MAX_PROJECTS);
  return clients;
}

function evict(map: Map<string, unknown>, max: number): void {
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
}

/** Null for anything but a well-formed report. */
export function readClientReport(header: string | null): ClientReport | null {
  if (header === null || header.length > MAX_HEADER_LENGTH) return null;
  let value: unknown;
  try {
    value = JSON.parse(header);
  } catch {
    return null;
  }
  const id = text(property(value, 'id'), 64);
  const name = text(property(property(value, 'sdk'), 'name'), 64);
  const version = text(property(property(value, 'sdk'), 'version'), 32);
  const service = property(value, 'service') === null ? null : text(property(value, 'service'), 200);
  const ended = count(property(value, 'ended'));
  const delivered = count(property(value, 'delivered'));
  const dropped = counts(property(value, 'dropped'));
  const isWhole = id && name && version && service !== undefined && ended !== undefined && delivered !== undefined;
  return isWhole && dropped ? { id, sdk: { name, version }, service, ended, delivered, dropped } : null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function text(value: unknown, maxLength: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxLength ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Reasons are lower-case words, which also keeps `__proto__` out. */
const REASON = /^[a-z][a-z0-9_]{0,39}$/;

function counts(value: unknown): Record<string, number> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  if (entries.length > MAX_REASONS) return undefined;
  const dropped: Record<string, number> = {};
  for (const [reason, each] of entries) {
    const spans = count(each);
    if (spans === undefined || !REASON.test(reason)) return undefined;
    dropped[reason] = spans;
  }
  return dropped;
}
