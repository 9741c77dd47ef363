import { Hono } from 'hono';
import { listAnswer } from '../../routes/list-answer.js';
import { operation } from '../../routes/operation.js';
import { requireRight, type ServerEnv } from '../../routes/principal.js';
import { boolean, commaSeparated, integer, query, someOf, text } from '../../routes/query.js';
import type { SessionReader } from '../../store/contract.js';
import { BodyBudget } from './body-budget.js';
import type { WrittenCondition } from './filter-json.js';
import type { Candidate } from './observation-columns.js';
import { type ObservationFilter, observationFilter } from './observation-filter.js';
import { DEFAULT_GROUPS, GROUPS, toObservationV2 } from './observation-groups.js';
import { conditionsOf, NARROWING } from './observation-query.js';
import { type Position, readObservationCursor, walkObservations, writeObservationCursor } from './observation-walk.js';
import { observationsV2Answer } from './schemas.js';

/** Observations that one page looks at, at most. */
const MOST_EXAMINED = 4_000;

const FIELDS = {
  ...NARROWING,
  isRootObservation: boolean('Only observations without a parent, or only those with one.'),
  limit: integer('Items on a page.', { min: 1, max: 1000, otherwise: 50 }),
  cursor: text('`meta.cursor` of the page before.'),
  fields: someOf(GROUPS, 'The groups of fields, separated by commas. Default: core and basic.'),
  expandMetadata: commaSeparated(
    'Keys of metadata whose values come whole, separated by commas; others are cut at 200 characters.',
  ),
  parseIoAsJson: boolean('Whether input and output are JSON values. Default: they are the texts that arrived.'),
};

const DESCRIPTION = `A page goes on from \`cursor\`, and there is more as long as its \`meta\` has one. One that looks for what few observations are ends after ${MOST_EXAMINED} of them, with fewer items than asked for or none.`;

/** `GET /v2/observations` of the Langfuse API. */
export function createObservationsV2Api(reader: SessionReader): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  api.get(
    '/',
    operation({
      summary: 'List observations by a cursor, latest start first',
      description: DESCRIPTION,
      tag: 'langfuse',
      answer: observationsV2Answer,
    }),
    requireRight('read'),
    query(FIELDS),
    async (context) => {
      const { projectId } = context.var.principal;
      const { limit, cursor, isRootObservation, ...fields } = context.req.valid('query');
      const filter = observationFilter([...conditionsOf(fields), ...ofRoots(context.req.query(), isRootObservation)]);
      const after = cursor === undefined ? null : readObservationCursor(cursor);
      const { shown, next } = await pageAfter(reader, projectId, filter, { limit, after });
      const meta = next === null ? {} : { cursor: writeObservationCursor(next) };
      const groups = context.req.query('fields') ? fields.fields : DEFAULT_GROUPS;
      const needsBody = groups.has('io') || groups.has('metadata');
      const how = {
        ...{ groups, projectId, budget: new BodyBudget() },
        expanded: new Set(fields.expandMetadata),
        isIoParsed: fields.parseIoAsJson ?? false,
      };
      return listAnswer(context, { meta }, ['data', shown], async (candidate) =>
        toObservationV2(candidate, needsBody ? await candidate.readBody() : null, how),
      );
    },
  );
  return api;
}

/** An empty parent asks for those without one. */
function ofRoots(given: Readonly<Record<string, string>>, isRoot: boolean | undefined): WrittenCondition[] {
  if (given.filter) return [];
  const wanted = isRoot ?? (given.parentObservationId === '' ? true : undefined);
  return wanted === undefined ? [] : [{ type: 'boolean', column: 'isRootObservation', operator: '=', value: wanted }];
}

async function pageAfter(
  reader: SessionReader,
  projectId: string,
  filter: ObservationFilter,
  { limit, after }: { readonly limit: number; readonly after: Position | null },
): Promise<{ readonly shown: readonly Candidate[]; readonly next: Position | null }> {
  const shown: Candidate[] = [];
  let [examined, last]: [number, Position | null] = [0, null];
  for await (const candidate of walkObservations(reader, projectId, filter, after)) {
    if (examined === MOST_EXAMINED) return { shown, next: last };
    examined += 1;
    if (await filter.matches(candidate)) {
      if (shown.length === limit) return { shown, next: last };
      shown.push(candidate);
    }
    // What did not match is passed over for good.
    last = candidate.observation;
  }
  return { shown, next: null };
}
