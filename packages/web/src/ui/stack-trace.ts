/** One line of a stack trace. */
export interface TraceLine {
  readonly text: string;
  /** What went wrong; a place in the program; the source of the place above. */
  readonly kind: 'message' | 'frame' | 'source';
  /** Whether it is of the runtime or of a library, not of the application. */
  readonly isForeign: boolean;
}

/** How the languages write a place: JavaScript, Java, C#; Python; Go; Ruby; Rust. */
const FRAMES: readonly RegExp[] = [
  /^\s+at \S/,
  /^\s*File ".+", line \d+/,
  /^\t\S+\.go:\d+/,
  /^\s*(?:from )?\S+:\d+:in [`']/,
  /^\s+\d+: \S+/,
];

const FOREIGN =
  /node_modules|node:|internal\/|site-packages|dist-packages|[\\/]lib[\\/]python\d|<frozen |\bjava\.|\bjavax\.|\bjdk\.|\bkotlin\.|System\.|Microsoft\.|\/usr\/local\/go\/|\/gems\/|\/rustc\//;

const MOST_LINES = 2_000;

/** Reads a stack trace; null for a text with fewer than two places, which is not one. */
export function readStackTrace(text: string): TraceLine[] | null {
  const lines = text.split('\n', MOST_LINES);
  const isFrame = lines.map((line) => FRAMES.some((pattern) => pattern.test(line)));
  if (isFrame.filter(Boolean).length < 2) return null;
  let isForeign = false;
  return lines.map((line, n): TraceLine => {
    if (isFrame[n]) {
      isForeign = FOREIGN.test(line);
      return { text: line, kind: 'frame', isForeign };
    }
    const isSource = isFrame[n - 1] === true && /^\s{4,}\S/.test(line);
    return isSource ? { text: line, kind: 'source', isForeign } : { text: line, kind: 'message', isForeign: false };
  });
}

/** The lines in runs that are shown or folded together: those of libraries apart from the rest. */
export function traceRuns(lines: readonly TraceLine[]): TraceLine[][] {
  const runs: TraceLine[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.[0]?.isForeign === line.isForeign) run.push(line);
    else runs.push([line]);
  }
  return runs;
}
