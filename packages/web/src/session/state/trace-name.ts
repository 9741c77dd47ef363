import type { ReplayTrace } from '@powerrag/protocol';

/** What a trace is called: while it runs and has told no name, by the service where it began. */
export function traceName({ name, lanes }: Pick<ReplayTrace, 'name' | 'lanes'>): string {
  if (name !== null) return name;
  const service = lanes[0]?.service ?? null;
  return service === null ? 'running…' : `${service}: running…`;
}
