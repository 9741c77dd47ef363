/** How far a piece of work is. */
interface Progress {
  /** @param total null when it is not known. */
  update(done: number, total: number | null): void;
  /** Takes the bar away. Safe to call twice. */
  end(): void;
}

/**
 * Shows the progress of a piece of work.
 *
 * @param what is done: `Copying`.
 * @param unit what `done` counts, in the plural; `bytes` are shown in MiB.
 */
export type ShowProgress = (what: string, unit: string) => Progress;

export interface ProgressDeps {
  readonly stream: { write(text: string): unknown };
  /** Whether the stream is a terminal, on which a line can be drawn again. */
  readonly isTerminal: boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

const BAR_WIDTH = 24;
/** Milliseconds between two drawings of a bar, and between two lines where there is no terminal. */
const DRAW_EVERY_MS = 100;
const SAY_EVERY_MS = 10_000;

/** Bars on a terminal; elsewhere a line every ten seconds, so that the log of a job shows that it goes on. */
export function progressOn({ stream, isTerminal, now }: ProgressDeps): ShowProgress {
  return (what, unit) => {
    const startMs = now();
    let shownMs = isTerminal ? Number.NEGATIVE_INFINITY : startMs;
    let isDrawn = false;
    return {
      update: (done, total) => {
        const atMs = now();
        if (atMs - shownMs < (isTerminal ? DRAW_EVERY_MS : SAY_EVERY_MS)) return;
        shownMs = atMs;
        const text = textOf(what, unit, { done, total, passedMs: atMs - startMs });
        stream.write(isTerminal ? `\r\u001b[2K${text}` : `${text}\n`);
        isDrawn = isTerminal;
      },
      end: () => {
        if (isDrawn) stream.write('\r\u001b[2K');
        isDrawn = false;
      },
    };
  };
}

interface State {
  readonly done: number;
  readonly total: number | null;
  readonly passedMs: number;
}

function textOf(what: string, unit: string, { done, total, passedMs }: State): string {
  if (total === null || total <= 0) return `${what}: ${amount(done, unit)} …`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}`;
  const left = share > 0 && share < 1 ? `, about ${duration((passedMs / share) * (1 - share))} left` : '';
  return `${what} [${bar}] ${Math.floor(share * 100)} %, ${amount(done, unit)} of ${amount(total, unit)}${left}`;
}

function amount(count: number, unit: string): string {
  return unit === 'bytes' ? `${(count / 1024 / 1024).toFixed(1)} MiB` : `${count.toLocaleString('en')} ${unit}`;
}

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** For callers that show nothing. */
export const noProgress: ShowProgress = () => ({ update: () => {}, end: () => {} });
