import { plural } from '../base/plural.js';
import { anyDriver } from '../store/sqlite/index.js';
import { readServeOptions } from './config.js';
import { checkDatabase } from './doctor-database.js';
import { checkClickhouse, checkKeys, checkPort, checkPrices } from './doctor-server.js';
import { databaseOf } from './file-commands.js';
import { type Check, type Finding, problem, runCheck } from './findings.js';
import type { GivenOptions } from './option-sources.js';
import type { ServerConfig } from './options.js';
import type { ShowProgress } from './progress.js';
import { UsageError } from './usage-error.js';

export interface DoctorDeps {
  readonly say: (line: string) => void;
  readonly progress: ShowProgress;
  /** Of this server. */
  readonly version: string;
}

/**
 * Checks what `powerrag serve` needs with the same options, one line for each thing, with what to do where something is wrong.
 * Changes nothing. Never rejects for what it finds.
 *
 * @returns true unless a check found a problem; warnings do not count
 */
export async function doctor(given: GivenOptions, { say, progress, version }: DoctorDeps): Promise<boolean> {
  const counts = { ok: 0, warning: 0, problem: 0 };
  const report = (finding: Finding) => {
    counts[finding.state] += 1;
    say(`${finding.state.padEnd(7)}  ${finding.about}: ${finding.text}`);
  };
  say(`PowerRAG ${version} on Node ${process.versions.node}`);
  const { config, finding } = readConfig(given);
  report(finding);
  for (const [about, check] of checksOf(given, config, progress)) await runCheck(about, check, report);
  const warnings = counts.warning === 0 ? '' : `, and ${plural(counts.warning, 'warning')}`;
  say(
    counts.problem === 0
      ? `No problem was found${warnings}.`
      : `Found ${plural(counts.problem, 'problem')}${warnings}.`,
  );
  return counts.problem === 0;
}

/** The checks that make sense: of options that are wrong, those of the file still. */
function checksOf(
  given: GivenOptions,
  config: ServerConfig | null,
  progress: ShowProgress,
): readonly (readonly [about: string, check: Check])[] {
  const ofServer: readonly (readonly [string, Check])[] =
    config === null
      ? []
      : [
          ['keys', () => checkKeys(config)],
          ['prices', () => checkPrices(config)],
          ['port', () => checkPort(config)],
        ];
  const { store } = config ?? {};
  if (store !== undefined) return [...ofServer, ['ClickHouse', () => checkClickhouse(store)]];
  const database = (report: (finding: Finding) => void) =>
    checkDatabase(databaseOf('doctor', given), { driver: anyDriver(), progress, report });
  return [...ofServer, ['database', database]];
}

function readConfig(given: GivenOptions): { readonly config: ServerConfig | null; readonly finding: Finding } {
  try {
    const { config } = readServeOptions(given);
    const set = Object.entries(given.values).filter(([, value]) => value !== undefined);
    const text = set.length === 0 ? 'all have their defaults' : set.map(([option]) => given.label(option)).join(', ');
    return { config, finding: { state: 'ok', about: 'options', text } };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { config: null, finding: problem('options', error.message) };
  }
}
