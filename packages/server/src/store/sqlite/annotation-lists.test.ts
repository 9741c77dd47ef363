import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANNOTATION_FIELDS, type AnnotationField, type AnnotationQuery } from '../annotations.js';
import { aScore, spanId, traceId } from '../testing.js';
import { observed } from './observed.testing.js';

/** More than a list starts from; one in a thousand has the rare values. */
const SCORES = 6_000;

const VALUES: Readonly<Record<AnnotationField, { readonly many: string; readonly few: string }>> = {
  id: { many: 'score 2', few: 'score 7' },
  sessionId: { many: 'much liked', few: 'seldom liked' },
  traceId: { many: traceId(1), few: traceId(2) },
  observationId: { many: spanId(1), few: spanId(2) },
  name: { many: 'helpful', few: 'polite' },
  origin: { many: 'API', few: 'EVAL' },
  dataType: { many: 'NUMERIC', few: 'CATEGORICAL' },
  environment: { many: 'default', few: 'staging' },
  authorUserId: { many: 'ann', few: 'bob' },
  stringValue: { many: 'good', few: 'bad' },
};

const INDEXES: Readonly<Record<AnnotationField, string>> = {
  id: 'PRIMARY KEY',
  sessionId: 'annotations_on_session',
  traceId: 'annotations_on_trace',
  observationId: 'annotations_on_observation',
  name: 'annotations_by_name',
  origin: 'annotations_by_origin',
  dataType: 'annotations_by_data_type',
  environment: 'annotations_by_environment',
  authorUserId: 'annotations_by_author',
  stringValue: 'annotations_by_text',
};

describe('lists of very many scores', () => {
  let shared: ReturnType<typeof observed>;
  const folder = mkdtempSync(join(tmpdir(), 'powerrag-scores-'));
  beforeAll(async () => {
    shared = observed({ folder });
    const scores = Array.from({ length: SCORES }, (_, number) => {
      const share = number % 1_000 === 7 ? 'few' : 'many';
      const fields = ANNOTATION_FIELDS.filter((field) => field !== 'id').map((field) => [field, VALUES[field][share]]);
      return aScore(`score ${number}`, { ...Object.fromEntries(fields), timeMs: number });
    });
    await shared.store.writeAnnotations('p', scores);
  });
  afterAll(async () => {
    await shared.store.close();
    rmSync(folder, { recursive: true });
  });

  const plansOf = async (query: Partial<AnnotationQuery>) => {
    const plans = await shared.plansOf(() =>
      shared.store.listAnnotations('p', { kind: 'score', limit: 10, offset: 0, ...query }),
    );
    return plans.map(({ sql, plan }) => ({ isPage: sql.startsWith('SELECT annotation '), plan }));
  };
  const idsOf = async (query: Partial<AnnotationQuery>) => {
    const list = await shared.store.listAnnotations('p', { kind: 'score', limit: 3, offset: 0, ...query });
    return { ids: list.annotations.map(({ id }) => id), total: list.total };
  };

  it.each(ANNOTATION_FIELDS)('by a value of %s that few or many have are read by its index', async (field) => {
    for (const share of ['few', 'many'] as const) {
      const plans = await plansOf({ anyOf: { [field]: [VALUES[field][share]] } });
      for (const { plan } of plans) {
        expect(plan).toMatch(/^SEARCH annotations/m);
        expect(plan).toContain(INDEXES[field]);
        expect(plan).not.toMatch(/SCAN annotations/);
      }
      expect(plans.filter(({ isPage }) => isPage)).toHaveLength(1);
    }
  });

  it.each(ANNOTATION_FIELDS.filter((field) => field !== 'id'))(
    'by a value of %s that many have are not put in order, and counted without their rows',
    async (field) => {
      for (const { isPage, plan } of await plansOf({ anyOf: { [field]: [VALUES[field].many] } })) {
        expect(plan).not.toContain('TEMP B-TREE');
        if (!isPage) expect(plan).toMatch(/COVERING INDEX/);
      }
    },
  );

  it('by several conditions that many meet read in order, and only the rows that they show', async () => {
    const anyOf = {
      origin: ['API', 'EVAL'],
      environment: ['default'],
      authorUserId: ['ann', 'bob'],
      name: ['helpful'],
    };
    for (const query of [{ anyOf, fromMs: 10 }, { value: [{ operator: '>', value: 0 } as const] }, {}]) {
      for (const { isPage, plan } of await plansOf(query)) {
        expect(plan).not.toContain('TEMP B-TREE');
        if (isPage) expect(plan).toContain('annotations_in_order');
        else expect(plan).toMatch(/COVERING INDEX|SCAN \(subquery/);
      }
    }
  });

  it('give the latest first, whatever they start from', async () => {
    const few = ['score 5007', 'score 4007', 'score 3007'];
    for (const field of ANNOTATION_FIELDS.filter((name) => name !== 'id')) {
      const { many: common, few: rare } = VALUES[field];
      expect(await idsOf({ anyOf: { [field]: [rare] } })).toEqual({ ids: few, total: 6 });
      expect(await idsOf({ anyOf: { [field]: [rare], name: ['polite'] }, toMs: 4_500 })).toEqual({
        ...{ ids: ['score 4007', 'score 3007', 'score 2007'], total: 5 },
      });
      const latest = ['score 5999', 'score 5998', 'score 5997'];
      expect(await idsOf({ anyOf: { [field]: [common] } })).toEqual({ ids: latest, total: SCORES - 6 });
      expect(await idsOf({ anyOf: { [field]: [common, rare] } })).toEqual({ ids: latest, total: SCORES });
      expect(await idsOf({ anyOf: { [field]: [common] }, after: { timeMs: 5_010, id: 'score 5010' } })).toEqual({
        ...{ ids: ['score 5009', 'score 5008', 'score 5006'], total: 5_010 - 6 },
      });
    }
    expect(await idsOf({ anyOf: { id: ['score 7', 'score 8', 'score 9', 'nobody'] } })).toEqual({
      ids: ['score 9', 'score 8', 'score 7'],
      total: 3,
    });
  });
});
