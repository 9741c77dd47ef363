/** What `powerrag doctor` says of one thing. */
export interface Finding {
  readonly state: 'ok' | 'warning' | 'problem';
  readonly about: string;
  /** With what to do, unless all is well. */
  readonly text: string;
}

export type Report = (finding: Finding) => void;

/** Looks at one thing and reports what it finds. What it throws is a problem, told by its message. */
export type Check = (report: Report) => Promise<Finding | null> | Finding | null;

export function ok(about: string, text: string): Finding {
  return { state: 'ok', about, text };
}

export function warning(about: string, text: string): Finding {
  return { state: 'warning', about, text };
}

export function problem(about: string, text: string): Finding {
  return { state: 'problem', about, text };
}

export async function runCheck(about: string, check: Check, report: Report): Promise<void> {
  try {
    const finding = await check(report);
    if (finding !== null) report(finding);
  } catch (error) {
    report(problem(about, error instanceof Error ? error.message : String(error)));
  }
}
