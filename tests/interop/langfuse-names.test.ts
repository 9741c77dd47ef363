import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What @langfuse/tracing exports, values and types, in both versions. */
const BOTH = [
  ...['LangfuseAgent', 'LangfuseChain', 'LangfuseEmbedding', 'LangfuseEvaluator', 'LangfuseEvent'],
  ...['LangfuseEventAttributes', 'LangfuseGeneration', 'LangfuseGenerationAttributes', 'LangfuseGuardrail'],
  ...['LangfuseObservation', 'LangfuseObservationAttributes', 'LangfuseObservationType', 'LangfuseOtelSpanAttributes'],
  ...['LangfuseRetriever', 'LangfuseSpan', 'LangfuseSpanAttributes', 'LangfuseTool', 'LangfuseTraceAttributes'],
  ...['ObservationLevel', 'ObserveOptions', 'PropagateAttributesParams', 'StartActiveObservationContext'],
  ...['StartActiveObservationOpts', 'StartObservationOptions', 'StartObservationOpts', 'createObservationAttributes'],
  ...['createTraceAttributes', 'createTraceId', 'getActiveSpanId', 'getActiveTraceId', 'getLangfuseTracer'],
  ...['getLangfuseTracerProvider', 'observe', 'propagateAttributes', 'setLangfuseTracerProvider'],
  ...['startActiveObservation', 'startObservation', 'updateActiveObservation'],
];

const EXPORTS = {
  '4.6.1': ['@langfuse/tracing-v4', [...BOTH, 'updateActiveTrace']],
  '5.11.1': ['@langfuse/tracing', [...BOTH, 'PropagatedPromptInput', 'setActiveTraceAsPublic', 'setActiveTraceIO']],
} as const;

const { resolve } = createRequire(import.meta.url);

/** The names that a package's declarations export, and its version. */
function declarationsOf(name: string): { readonly exported: string[]; readonly version: string } {
  const folder = dirname(dirname(resolve(name)));
  const declarations = readFileSync(join(folder, 'dist/index.d.ts'), 'utf8');
  const lists = [...declarations.matchAll(/^export \{([^}]*)\}/gm)].map(([, list = '']) => list);
  const exported = lists.flatMap((list) => list.split(',')).map((entry) => entry.trim().replace(/^type |^.* as /g, ''));
  return { exported, version: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version };
}

describe.each(Object.entries(EXPORTS))('@langfuse/tracing %s', (version, [name, names]) => {
  it('exports these names', () => {
    const model = declarationsOf(name);
    expect(model.version).toBe(version);
    expect(model.exported.sort()).toEqual([...names].sort());
  });

  it('exports no value or type that @powerrag/tracing lacks', () => {
    const { exported } = declarationsOf('@powerrag/tracing');
    expect(names.filter((each) => !exported.includes(each))).toEqual([]);
  });
});
