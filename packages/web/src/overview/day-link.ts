import type { OverviewRow, SessionFilter } from '@powerrag/protocol';

/** The filter for the sessions that start on a day of the reader's, such as `2026-01-31`. */
export function onDay(filter: SessionFilter, day: string): SessionFilter {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return {
    ...filter,
    startedFrom: new Date(year, month - 1, date).getTime(),
    startedTo: new Date(year, month - 1, date + 1).getTime(),
  };
}

/** Days shown, at most. */
const MOST_DAYS = 60;

/** The latest days, each after the other, those without sessions too. */
export function everyDay(
  rows: readonly OverviewRow[],
): readonly { readonly day: string; readonly row: OverviewRow | null }[] {
  const last = rows.at(-1)?.value;
  const first = rows[0]?.value;
  if (first === undefined || last === undefined) return [];
  const byDay = new Map(rows.map((row) => [row.value, row]));
  const days: { day: string; row: OverviewRow | null }[] = [];
  // In UTC, where every day has 24 hours.
  for (let at = Date.parse(last); at >= Date.parse(first) && days.length < MOST_DAYS; at -= 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push({ day, row: byDay.get(day) ?? null });
  }
  return days.toReversed();
}
