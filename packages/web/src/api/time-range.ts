/** Stretches of the reader's own time that are one click away, by the name that an address has for each. */
export const TIME_RANGES = {
  hour: { label: 'Last hour' },
  today: { label: 'Today' },
  'yesterday-evening': { label: 'Yesterday evening' },
  yesterday: { label: 'Yesterday' },
  day: { label: 'Last 24 hours' },
  week: { label: 'Last 7 days' },
  month: { label: 'Last 30 days' },
} as const;

export type TimeRangeName = keyof typeof TIME_RANGES;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** When an evening begins; it ends with the day. */
const EVENING_HOUR = 17;

export function isTimeRange(name: string | null): name is TimeRangeName {
  return name !== null && Object.hasOwn(TIME_RANGES, name);
}

/** The sessions that went on at any time in the stretch: those that began before its end and were active after its start. */
export function inTimeRange(name: TimeRangeName, nowMs: number): { activeFrom: number; startedTo?: number } {
  switch (name) {
    case 'hour':
      return { activeFrom: nowMs - HOUR_MS };
    case 'day':
      return { activeFrom: nowMs - DAY_MS };
    case 'week':
      return { activeFrom: nowMs - 7 * DAY_MS };
    case 'month':
      return { activeFrom: nowMs - 30 * DAY_MS };
    case 'today':
      return { activeFrom: atHour(nowMs, 0, 0) };
    case 'yesterday':
      return { activeFrom: atHour(nowMs, -1, 0), startedTo: atHour(nowMs, 0, 0) };
    case 'yesterday-evening':
      return { activeFrom: atHour(nowMs, -1, EVENING_HOUR), startedTo: atHour(nowMs, 0, 0) };
  }
}

/** An hour of the reader's day, so many days from today: right on days that are not 24 hours long as well. */
function atHour(nowMs: number, days: number, hour: number): number {
  const day = new Date(nowMs);
  day.setDate(day.getDate() + days);
  return day.setHours(hour, 0, 0, 0);
}
