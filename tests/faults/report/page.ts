import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Exit } from '../../support/child-process.js';
import type { LossAccount } from '../../support/loss.js';
import { isRowId, ROWS } from '../rows.js';
import type { Form, Outcome, Scenario, SubjectName } from '../scenario.js';
import { heldBy, testFiles } from './held-by.js';
import { markdownTable, PROJECT_FOLDER } from './markdown.js';

/** A scenario that was run, with the outcome for each subject, or the error. */
export interface Result {
  readonly scenario: Scenario;
  readonly form: Form;
  readonly outcomes: ReadonlyMap<SubjectName, Outcome | Error>;
}

const TITLES: Readonly<Record<SubjectName, string>> = {
  powerrag: 'PowerRAG',
  opentelemetry: 'OpenTelemetry',
  langfuse: 'Langfuse',
};

/** Where the index of rows begins: it is written without running anything, so it can be updated separately. */
export const INDEX_HEADING = '## Every row';

export function page(results: readonly Result[], command: string): string {
  return `${[heading(command), besidePeers(results), ledgers(results), figures(results), index()].join('\n\n')}\n`;
}

function heading(command: string): string {
  const processor = cpus();
  return `# Faults: what breaks, and what happens to the spans

Written by \`${command}\`; never edited by hand.

- ${processor.length} × ${processor[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.versions.node}
- ${versions().join(' · ')}
- Each subject runs in its own process, with its defaults unless the load says otherwise, all at the same time. One run for each
  cell: the percentages can be repeated, the milliseconds and megabytes depend on the machine and the moment.

A ledger is kept outside of the exporter: the ids of all spans that ended, compared with the ids that the server has acknowledged.
**Unaccounted** is emitted − stored − dropped by reason − still waiting. Anything but 0 is a silent drop or a wrong count. The
exception is SIGKILL (E11): nothing is left to count what it takes.

Each row is a scenario under \`tests/faults/scenarios\`: \`npm test -- tests/faults -t E23\` runs its short form,
\`npm run faults -- --only E23\` the form of this page, with \`--long\` a longer one.`;
}

function versions(): string[] {
  const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(PROJECT_FOLDER, 'tests/package.json'), 'utf8'),
  );
  return ['@opentelemetry/sdk-trace-base', '@opentelemetry/exporter-trace-otlp-http', '@langfuse/otel'].map(
    (name) => `${name} ${devDependencies[name]}`,
  );
}

function besidePeers(results: readonly Result[]): string {
  const compared = results.filter(({ scenario }) => scenario.withPeers);
  const subjects: SubjectName[] = ['powerrag', 'opentelemetry', 'langfuse'];
  const rows = compared.map(({ scenario, form, outcomes }) => [
    scenario.id,
    ROWS[scenario.id].fault,
    scenario.load[form],
    ...subjects.map((subject) => stored(outcomes.get(subject))),
  ]);
  return `## Compared with peers: how many of the ended spans were stored

OpenTelemetry: its batch processor with the OTLP/HTTP exporter. Langfuse: its span processor. Versions as above.

${markdownTable(['', 'Fault', 'Load', ...subjects.map((subject) => TITLES[subject])], rows)}`;
}

function stored(outcome: Outcome | Error | undefined): string {
  if (outcome === undefined) return '–';
  if (outcome instanceof Error) return 'failed';
  // Rounded down: only all of them are 100 %.
  return `${Math.floor((1_000 * outcome.account.stored) / outcome.account.emitted) / 10} %`;
}

function ledgers(results: readonly Result[]): string {
  const rows = results.map(({ scenario, form, outcomes }) => {
    const outcome = outcomes.get('powerrag');
    const cells = outcome instanceof Error || !outcome ? ['failed', '', '', '', '', ''] : ledgerCells(outcome.account);
    return [scenario.id, scenario.load[form], ...cells];
  });
  const columns = ['', 'Load', 'Unaccounted', 'Emitted', 'Stored', 'Twice', 'Dropped', 'Waiting'];
  return `## The ledger of PowerRAG

“Twice” counts spans that were sent again although the server had acknowledged them, because the answer did not arrive. A PowerRAG
server stores them once.

${markdownTable(columns, rows)}`;
}

function ledgerCells(account: LossAccount): string[] {
  const dropped = Object.entries(account.dropped).map(([reason, count]) => `${count} ${reason}`);
  return [
    String(account.unaccounted),
    String(account.emitted),
    String(account.stored),
    String(account.duplicated),
    dropped.join(', ') || '0',
    String(account.stillQueued),
  ];
}

function figures(results: readonly Result[]): string {
  const rows = results.flatMap(({ scenario, form, outcomes }) =>
    [...outcomes].map(([subject, outcome]) => [
      scenario.id,
      scenario.withPeers ? TITLES[subject] : `${TITLES[subject]}: ${scenario.load[form]}`,
      outcome instanceof Error ? `failed: ${outcome.message}` : figureCells(outcome),
    ]),
  );
  return `## More figures\n\n${markdownTable(['', 'Of', 'Figures'], rows)}`;
}

function figureCells({ figures, exit }: Outcome): string {
  const values = Object.entries(figures).map(([name, value]) => `${name}: ${rounded(value)}`);
  return [...(exit ? [exitInWords(exit)] : []), ...values].join('; ') || '–';
}

function exitInWords({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}

/** These figures are not more precise than three digits. */
function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(value >= 100 ? 4 : 3)));
}

/** Every row with its tests. */
export function index(): string {
  const files = testFiles();
  const rows = Object.entries(ROWS).map(([id, { fault, expected }]) => {
    const links = isRowId(id) ? heldBy(id, files).map((path) => `[${path}](../${path})`) : [];
    return [id, fault, expected, links.join('<br>') || 'no test yet'];
  });
  return `${INDEX_HEADING}

The tests named here run the scenarios in their short form.

${markdownTable(['', 'Fault', 'Expected', 'Tested by'], rows)}`;
}
