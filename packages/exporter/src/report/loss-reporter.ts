import type { Resource } from '@opentelemetry/resources';
import type { ClientReport } from '@powerrag/protocol';
import { VERSION } from '../base/version.js';
import type { Mask } from '../encode/value.js';
import type { ExporterStats, Stats } from './stats.js';

/** The losses to tell the server along with one request. */
export interface LossReport {
  readonly header: string;
  /** The server has taken the request, and the report with it. */
  accepted(): void;
}

const MAX_SERVICE_LENGTH = 100;

/**
 * Tells the server what was lost here, so that its operator can see it too. A report has the totals of the processor's life and
 * a random id: one that comes twice changes nothing, and one that does not come is made up for by the next. Requests carry it
 * from a loss on, until one that has the latest totals was accepted.
 */
export class LossReporter {
  readonly #stats: Stats;
  #id: string | undefined;
  #service: string | null = null;
  #accepted = 0;

  constructor(stats: Stats) {
    this.#stats = stats;
  }

  /** Names the service, masked where values are. The first name counts. */
  serves(resource: Pick<Resource, 'attributes'> | undefined, mask?: Mask): void {
    if (this.#service !== null) return;
    const name = resource?.attributes['service.name'];
    const service = mask ? mask('service.name', name) : name;
    if (typeof service === 'string') this.#service = service.slice(0, MAX_SERVICE_LENGTH);
  }

  /** Undefined while the server knows of all losses. */
  report(): LossReport | undefined {
    const lost = this.#stats.droppedTotal;
    if (lost <= this.#accepted) return undefined;
    return {
      header: this.#header(),
      accepted: () => {
        this.#accepted = Math.max(this.#accepted, lost);
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

/** A header has room for ASCII only. */
function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
