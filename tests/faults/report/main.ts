import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isRowId } from '../rows.js';
import type { Form, Outcome, Scenario, SubjectName } from '../scenario.js';
import { SCENARIOS } from '../scenarios/index.js';
import { PROJECT_FOLDER } from './markdown.js';
import { INDEX_HEADING, index, page, type Result } from './page.js';

const PAGE = join(PROJECT_FOLDER, 'docs/faults.md');
/** Scenarios wait most of their time. */
const AT_ONCE = 2;

/**
 * `npm run faults` runs every scenario with our exporter, and with those of the peers where they can be compared, and prints
 * Markdown; `--write` also puts it into docs/faults.md. Ends with code 1 when one of ours failed or dropped a span silently.
 */
const { values: options } = parseArgs({
  options: {
    /** Rows to run, by id, comma-separated. */
    only: { type: 'string' },
    /** Longer forms: half an hour. */
    long: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    /** Runs nothing; updates the index of rows in docs/faults.md. */
    index: { type: 'boolean', default: false },
  },
});

if (options.index) renewIndex();
else await report();

function renewIndex(): void {
  const [measured] = readFileSync(PAGE, 'utf8').split(INDEX_HEADING);
  writeFileSync(PAGE, `${measured}${index()}\n`);
}

async function report(): Promise<void> {
  const form: Form = options.long ? 'long' : 'usual';
  const scenarios = chosen(options.only?.split(','));
  const results = await inLanes(scenarios, (scenario) => runAll(scenario, form));
  const flags = [...(options.long ? ['--long'] : []), ...(options.only ? ['--only', options.only] : []), '--write'];
  const markdown = page(results, `npm run faults -- ${flags.join(' ')}`);
  console.log(markdown);
  if (options.write) writeFileSync(PAGE, markdown);
  if (results.some(failed)) process.exitCode = 1;
}

function chosen(ids: readonly string[] | undefined): readonly Scenario[] {
  if (!ids) return SCENARIOS;
  const known = (id: string) => isRowId(id) && SCENARIOS.some((scenario) => scenario.id === id);
  const unknown = ids.filter((id) => !known(id));
  if (unknown.length > 0) throw new Error(`--only ${unknown.join(',')}: there is no such scenario`);
  return SCENARIOS.filter(({ id }) => ids.includes(id));
}

async function runAll(scenario: Scenario, form: Form): Promise<Result> {
  const subjects: SubjectName[] = scenario.withPeers ? ['powerrag', 'opentelemetry', 'langfuse'] : ['powerrag'];
  const outcomes = await Promise.all(
    subjects.map(async (subject) => [subject, await runOne(scenario, form, subject)] as const),
  );
  console.error(`${scenario.id} ${scenario.load[form]}`);
  return { scenario, form, outcomes: new Map(outcomes) };
}

async function runOne(scenario: Scenario, form: Form, subject: SubjectName): Promise<Outcome | Error> {
  const undos: (() => unknown)[] = [];
  try {
    return await scenario.run({ subject, form, cleanUp: (undo) => undos.push(undo) });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

/** A killed process cannot count what it drops. */
function failed({ outcomes }: Result): boolean {
  const ours = outcomes.get('powerrag');
  if (ours === undefined || ours instanceof Error) return true;
  return ours.account.unaccounted !== 0 && ours.exit?.signal !== 'SIGKILL';
}

/** Results in the order of the jobs. */
async function inLanes<Job, T>(jobs: readonly Job[], run: (job: Job) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const waiting = [...jobs.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}
