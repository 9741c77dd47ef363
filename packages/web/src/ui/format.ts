const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** As wide as a digit. */
const FIGURE_SPACE = '\u2007';

/** What stands where there is no value. */
export const NOTHING = '–';

const grouped = new Intl.NumberFormat('en-US');
const twoDecimals = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fourDecimals = new Intl.NumberFormat('en-US', { minimumFractionDigits: 4, maximumFractionDigits: 4 });
// Made once: making one costs more than a frame has time for.
const date = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndMinute = new Intl.DateTimeFormat(undefined, {
  ...{ year: 'numeric', month: 'short', day: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit' },
});
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  ...{ month: 'short', day: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
});

/** `340 ms`, `1.24 s`, `12.4 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return ms > 0 ? `${trimZeros(ms.toFixed(2))} ms` : '0 ms';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < HOUR_MS - 500) return inTwoUnits(Math.round(ms / 1000), 60, 'min', 's');
  if (ms < DAY_MS - MINUTE_MS / 2) return inTwoUnits(Math.round(ms / MINUTE_MS), 60, 'h', 'min');
  return inTwoUnits(Math.round(ms / HOUR_MS), 24, 'd', 'h');
}

/** A duration where there is little room, in one unit: `45s`, `34m`, `5h`, `3d`. */
export function formatShortDuration(ms: number): string {
  if (ms < 59_500) return `${Math.round(ms / 1000)}s`;
  if (ms < HOUR_MS - MINUTE_MS / 2) return `${Math.round(ms / MINUTE_MS)}m`;
  if (ms < DAY_MS - HOUR_MS / 2) return `${Math.round(ms / HOUR_MS)}h`;
  return `${Math.round(ms / DAY_MS)}d`;
}

/** A place on the player's clock, to a tenth of a second or to so many decimals: `0:07.3`, `12:05.0`, `1:02:05.0`. */
export function formatOffset(ms: number, decimals = 1): string {
  const perSecond = 10 ** decimals;
  const units = Math.floor((Math.max(0, ms) * perSecond) / 1000 + 1e-6);
  const seconds = Math.floor(units / perSecond);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const fraction = decimals === 0 ? '' : `.${String(units % perSecond).padStart(decimals, '0')}`;
  const tail = `${String(seconds % 60).padStart(2, '0')}${fraction}`;
  return hours > 0 ? `${hours}:${String(minutes % 60).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** A session shorter than this has its places on the clock to the millisecond: in tenths of a second many would be the same. */
const IN_MILLISECONDS_BELOW_MS = 5_000;

/** How to write a place on the clock of a session that is this long: to a tenth of a second, in a short one to the millisecond. */
export function offsetWithin(durationMs: number): (ms: number) => string {
  const decimals = durationMs < IN_MILLISECONDS_BELOW_MS ? 3 : 1;
  return (ms) => formatOffset(ms, decimals);
}

/** US dollars with as many digits as say something: `$12.40`, `$0.0123`, `< $0.0001`. */
export function formatCost(usd: number | null): string {
  if (usd === null) return NOTHING;
  if (usd === 0) return '$0.00';
  if (usd < 0.0001) return '< $0.0001';
  return usd < 0.1 ? `$${fourDecimals.format(usd)}` : `$${twoDecimals.format(usd)}`;
}

/** `formatCost` for a column that is aligned right: where some costs have four decimals, the others end in as much space. */
export function costColumn(costs: readonly (number | null)[]): (usd: number | null) => string {
  const most = Math.max(0, ...costs.map((usd) => decimalsOfText(formatCost(usd))));
  return (usd) => {
    const text = formatCost(usd);
    return usd === null ? text : text + FIGURE_SPACE.repeat(Math.max(0, most - decimalsOfText(text)));
  };
}

function decimalsOfText(text: string): number {
  return /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
}

/** `1,234`. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** A count that must stay short: `950`, `1.2k`, `34k`, `1.2M`. */
export function formatCompact(count: number): string {
  if (count < 1000) return String(count);
  if (count < 999_500) return `${trimZeros((count / 1000).toFixed(count < 9950 ? 1 : 0))}k`;
  return `${trimZeros((count / 1_000_000).toFixed(1))}M`;
}

/** `950 tokens`, `1 token`, `1.2k tokens`. */
export function formatTokens(count: number): string {
  return `${formatCompact(count)} ${count === 1 ? 'token' : 'tokens'}`;
}

/** Bytes in powers of 1,000: `12 B`, `3.4 kB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${trimZeros((bytes / 1000).toFixed(1))} kB`;
  return `${trimZeros((bytes / 1_000_000).toFixed(1))} MB`;
}

/**
 * `just now`, `4 min ago`, `3 h ago`, `2 d ago`, then the date; `in 23 h` for what a wrong clock puts in the future. Unix
 * milliseconds.
 */
export function formatRelative(thenMs: number, nowMs: number): string {
  const distance = Math.abs(nowMs - thenMs);
  if (distance < MINUTE_MS) return 'just now';
  if (distance >= 7 * DAY_MS) return date.format(thenMs);
  const [unitMs, unit] = distance < HOUR_MS ? [MINUTE_MS, 'min'] : distance < DAY_MS ? [HOUR_MS, 'h'] : [DAY_MS, 'd'];
  const count = `${Math.floor(distance / unitMs)} ${unit}`;
  return thenMs > nowMs ? `in ${count}` : `${count} ago`;
}

/** Date, time to the second and zone, as the reader's machine writes them. Unix milliseconds. */
export function formatAbsolute(unixMs: number): string {
  return dateAndTime.format(unixMs);
}

/** Date and time to the minute, where there is little room; `formatAbsolute` goes with it. Unix milliseconds. */
export function formatDay(unixMs: number): string {
  return dayAndMinute.format(unixMs);
}

/** The wall clock to the second. Unix milliseconds. */
function formatClock(unixMs: number): string {
  return clock.format(unixMs);
}

/** How to write a wall clock between two times: with the day where they are of different days, else without. Unix milliseconds. */
export function clockBetween(fromMs: number, toMs: number): (unixMs: number) => string {
  const isOneDay = date.format(fromMs) === date.format(toMs);
  return isOneDay ? formatClock : (unixMs) => dayAndClock.format(unixMs);
}

/** `1 trace`, `2 traces`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function inTwoUnits(small: number, perLarge: number, large: string, unit: string): string {
  const rest = small % perLarge;
  return rest === 0 ? `${small / perLarge} ${large}` : `${Math.floor(small / perLarge)} ${large} ${rest} ${unit}`;
}

function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
