import type { Resource } from '@opentelemetry/resources';
import type { ClientReport } from '@powerrag/protocol';
import { VERSION } from '../base/version.js';
import type { Mask } from '../encode/value.js';
import type { ExporterStats, Stats } from './stats.js';

/** The dropped spans to report with one request. */
export interface DropReport {
  readonly header: string;
  /** Call this when the server has accepted the request. */
  accepted(): void;
}

const MAX_SERVICE_LENGTH = 100;

/**
 * Reports dropped spans to the server, so that its operator sees them too. A report is a header with a random id and the totals
 * of the processor's life, so it may arrive twice or be missed. Requests carry it after a drop, until one with the latest
 * totals is accepted.
 */
export class DropReporter {
  readonly #stats: Stats;
  #id: string | undefined;
  #service: string | null = null;
  #accepted = 0;

  constructor(stats: Stats) {
    this.#stats = stats;
  }

  /** Sets the service name from a resource, masked like span attributes. The first name stays. */
  nameService(resource: Pick<Resource, 'attributes'> | undefined, mask?: Mask): void {
    if (this.#service !== null) return;
    const name = resource?.attributes['service.name'];
    const service = mask ? mask('service.name', name) : name;
    if (typeof service === 'string') this.#service = service.slice(0, MAX_SERVICE_LENGTH);
  }

  /** Undefined when the server knows of all dropped spans. */
  report(): DropReport | undefined {
    const dropped = this.#stats.droppedTotal;
    if (dropped <= this.#accepted) return undefined;
    return {
      header: this.#header(),
      accepted: () => {
        this.#accepted = Math.max(this.#accepted, dropped);
      },
    };
  }

  #header(): string {
    this.#id ??= crypto.randomUUID();
    const { delivered, dropped, ended } = this.#stats.snapshot({ spans: 0, bytes: 0 });
    const report: ClientReport = {
      id: this.#id,
      sdk: { name: '@powerrag/exporter', version: VERSION },
      service: this.#service,
      ended,
      delivered,
      dropped: withoutZeros(dropped),
    };
    return JSON.stringify(report).replace(/[^\x20-\x7e]/g, escaped);
  }
}

function withoutZeros(dropped: ExporterStats['dropped']): Record<string, number> {
  return Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0));
}

/** Headers can contain only ASCII. */
function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
