import type { Json, ObservationLevel, ObservationType } from '@powerrag/protocol';
import type { BodyTexts, Observation, ObservationBody } from '../../observation/observation.js';
import type { StoredObservation } from '../contract.js';
import { compareRanks, compareVersionTexts, versionLength, versionText } from '../order.js';
import type { SpendFacts } from '../spend.js';
import type { Contents } from './contents.js';
import { type Database, placeholders } from './driver.js';
import { readNumbers } from './numbers.js';
import type { CountedFacts } from './spend-rows.js';
import { Sweepable } from './sweepable.js';

export interface ObservationRow {
  observation_id: string;
  weight: number;
  parent_id: string | null;
  type: ObservationType;
  name: string;
  start_ms: number;
  end_ms: number | null;
  first_token_ms: number | null;
  level: ObservationLevel;
  status_message: string | null;
  service: string | null;
  scope: string | null;
  environment: string | null;
  version: string | null;
  model: string | null;
  provider: string | null;
  model_parameters: string;
  usage: string;
  cost: string;
  cost_estimated: number;
  prompt_name: string | null;
  prompt_version: number | null;
  piece_count: number;
  response_id: string | null;
  counted_elsewhere: number;
}

/** An observation's row with its trace and session. */
export interface PlacedRow extends ObservationRow {
  trace_id: string;
  session_id: string | null;
}

interface BodyRow {
  input: string | null;
  output: string | null;
  metadata: string;
  events: string;
}

/** The result of a delivery. `replaced` is the previous version. */
export type Put =
  | { readonly outcome: 'added'; readonly weight: number }
  | { readonly outcome: 'replaced'; readonly replaced: StoredFacts & CountedFacts }
  | { readonly outcome: 'outranked' };

/** What a trace's totals, first, root, end, models and services need of an observation. */
export type StoredFacts = SpendFacts & Pick<Observation, 'name' | 'level' | 'service'>;

const COLUMNS = [
  ...['trace_key', 'observation_id', 'weight', 'parent_id', 'type', 'name', 'start_ms', 'end_ms', 'first_token_ms'],
  ...['level', 'status_message', 'service', 'scope', 'environment', 'version', 'model', 'provider', 'model_parameters'],
  ...['usage', 'cost', 'cost_estimated', 'prompt_name', 'prompt_version', 'piece_count', 'response_id'],
];

/** The rows of observations and their bodies. Writes happen within the caller's transaction. */
export class ObservationRows {
  readonly #contents: Contents;
  readonly #sweepable: Sweepable;
  readonly #add;
  readonly #replace;
  readonly #writeBody;
  readonly #find;
  readonly #ofTrace;
  readonly #readBody;
  readonly #readTexts;

  constructor(database: Database, contents: Contents) {
    this.#contents = contents;
    this.#sweepable = new Sweepable(database);
    const row = `observations (${COLUMNS.join(', ')}) VALUES (${placeholders(COLUMNS)})`;
    this.#add = database.prepare(`INSERT INTO ${row} ON CONFLICT DO NOTHING`);
    this.#replace = database.prepare(`INSERT OR REPLACE INTO ${row}`);
    this.#writeBody = database.prepare(
      'INSERT OR REPLACE INTO bodies (trace_key, observation_id, input, output, metadata, events) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#find = database.prepare('SELECT * FROM observations WHERE trace_key = ? AND observation_id = ?');
    this.#ofTrace = database.prepare('SELECT * FROM observations WHERE trace_key = ?');
    this.#readBody = database.prepare(
      'SELECT input, output, metadata, events FROM bodies WHERE trace_key = ? AND observation_id = ?',
    );
    this.#readTexts = database.prepare('SELECT input, output FROM bodies WHERE trace_key = ? AND observation_id = ?');
  }

  /** Stores the version unless the stored one is more complete. */
  put(projectId: string, traceKey: number, observation: Observation): Put {
    const weight = versionLength(observation);
    const values = this.#values(traceKey, observation, weight);
    if (this.#add.run(...values).changes === 1) {
      this.#putBody(projectId, traceKey, observation);
      return { outcome: 'added', weight };
    }
    const row = this.#find.get(traceKey, observation.id) as ObservationRow;
    if (!this.#stands(traceKey, observation, weight, row)) return { outcome: 'outranked' };
    const gone = this.#readBody.get(traceKey, observation.id) as BodyRow | undefined;
    this.#replace.run(...values);
    const recipes = this.#putBody(projectId, traceKey, observation);
    if (gone !== undefined) {
      this.#sweepable.add(projectId, [gone.input, gone.output, gone.metadata, gone.events], recipes);
    }
    return { outcome: 'replaced', replaced: factsOf(row) };
  }

  facts(traceKey: number): (StoredFacts & CountedFacts)[] {
    return (this.#ofTrace.all(traceKey) as ObservationRow[]).map(factsOf);
  }

  /** @param known as for `Contents.read`. */
  readBody(traceKey: number, observationId: string, known = new Map<number, string>()): ObservationBody | null {
    const row = this.#readBody.get(traceKey, observationId) as BodyRow | undefined;
    if (row === undefined) return null;
    return {
      ...this.#toTexts(row, known),
      metadata: JSON.parse(this.#contents.read(row.metadata, known)),
      events: JSON.parse(this.#contents.read(row.events, known)),
    };
  }

  /** What a digest reads of a body. */
  readTexts(traceKey: number, observationId: string, known: Map<number, string>): BodyTexts | null {
    const row = this.#readTexts.get(traceKey, observationId) as Pick<BodyRow, 'input' | 'output'> | undefined;
    return row === undefined ? null : this.#toTexts(row, known);
  }

  #toTexts({ input, output }: Pick<BodyRow, 'input' | 'output'>, known: Map<number, string>): BodyTexts {
    return {
      input: input === null ? null : this.#contents.read(input, known),
      output: output === null ? null : this.#contents.read(output, known),
    };
  }

  #stands(traceKey: number, observation: Observation, weight: number, row: ObservationRow): boolean {
    const byRank = compareRanks(
      { pieceCount: observation.pieceCount ?? 0, endMs: observation.endMs, weight },
      { pieceCount: row.piece_count, endMs: row.end_ms, weight: row.weight },
    );
    if (byRank !== 0) return byRank > 0;
    const body = this.readBody(traceKey, row.observation_id);
    if (body === null) return true;
    const stored = toStored(row, observation.traceId, null);
    return compareVersionTexts(versionText(observation), versionText({ ...stored, body })) > 0;
  }

  #putBody(projectId: string, traceKey: number, { id, body }: Observation): (string | null)[] {
    const write = (text: string) => this.#contents.write(projectId, text);
    const recipes = [
      body.input === null ? null : write(body.input),
      body.output === null ? null : write(body.output),
      write(JSON.stringify(body.metadata)),
      write(JSON.stringify(body.events)),
    ];
    this.#writeBody.run(traceKey, id, ...recipes);
    return recipes;
  }

  #values(traceKey: number, o: Observation, weight: number) {
    return [
      ...[traceKey, o.id, weight, o.parentId, o.type, o.name, o.startMs, o.endMs, o.firstTokenMs, o.level],
      ...[o.statusMessage, o.service, o.scope, o.environment, o.version, o.model, o.provider],
      ...[JSON.stringify(o.modelParameters), JSON.stringify(o.usage), JSON.stringify(o.cost)],
      ...[o.costEstimated ? 1 : 0, o.prompt?.name ?? null, o.prompt?.version ?? null, o.pieceCount ?? 0],
      o.responseId,
    ];
  }
}

function factsOf(row: ObservationRow): StoredFacts & CountedFacts {
  return {
    id: row.observation_id,
    name: row.name,
    parentId: row.parent_id,
    startMs: row.start_ms,
    endMs: row.end_ms,
    level: row.level,
    type: row.type,
    model: row.model,
    service: row.service,
    scope: row.scope,
    usage: readNumbers(row.usage),
    cost: readNumbers(row.cost),
    costEstimated: row.cost_estimated === 1,
    responseId: row.response_id,
    countedElsewhere: row.counted_elsewhere,
  };
}

export function toStored(row: ObservationRow, traceId: string, sessionId: string | null): StoredObservation {
  return {
    traceId,
    id: row.observation_id,
    parentId: row.parent_id,
    type: row.type,
    name: row.name,
    startMs: row.start_ms,
    endMs: row.end_ms,
    firstTokenMs: row.first_token_ms,
    level: row.level,
    statusMessage: row.status_message,
    service: row.service,
    scope: row.scope,
    environment: row.environment,
    version: row.version,
    model: row.model,
    provider: row.provider,
    modelParameters: JSON.parse(row.model_parameters) as Record<string, Json>,
    usage: readNumbers(row.usage),
    cost: readNumbers(row.cost),
    costEstimated: row.cost_estimated === 1,
    responseId: row.response_id,
    prompt: row.prompt_name === null ? null : { name: row.prompt_name, version: row.prompt_version },
    sessionId,
  };
}
