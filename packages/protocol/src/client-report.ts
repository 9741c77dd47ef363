/** The request header in which an exporter reports its dropped spans. Its value is a `ClientReport` in JSON, in ASCII. */
export const CLIENT_REPORT_HEADER = 'x-powerrag-client-report';

/** What an exporter counts over its whole life, so that a duplicate or late report changes nothing. */
export interface ClientReport {
  /** Random; one for each span processor, and so mostly one for each process. */
  readonly id: string;
  readonly sdk: { readonly name: string; readonly version: string };
  /** `service.name` of its resource. */
  readonly service: string | null;
  /** Spans that ended and were to be sent. */
  readonly ended: number;
  /** Spans that a server accepted. */
  readonly delivered: number;
  /** Spans that were dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}
