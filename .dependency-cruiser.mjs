import { floorRules, floorsOf, PACKAGES, TEST_SUPPORT } from './scripts/lib/floors.mjs';

/** Which file may import which: between packages here, between the folders of a package in its `floors.json`. */
export default {
  forbidden: [
    ...PACKAGES.flatMap((name) => floorRules(`packages/${name}/src`, floorsOf(name))),
    {
      name: 'protocol imports nothing',
      severity: 'error',
      from: { path: '^packages/protocol/src/', pathNot: TEST_SUPPORT },
      to: { pathNot: '^packages/protocol/src/' },
    },
    {
      name: 'tracing and exporter meet only at an OpenTelemetry span',
      severity: 'error',
      from: { path: '^packages/(tracing|exporter)/src/', pathNot: TEST_SUPPORT },
      to: { path: '^packages/(tracing|exporter|server|web)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'server and web import no SDK package',
      severity: 'error',
      from: { path: '^packages/(server|web)/src/', pathNot: TEST_SUPPORT },
      to: { path: '^packages/(tracing|exporter|server|web)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'only tests import what is made for tests',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TEST_SUPPORT },
      to: { path: TEST_SUPPORT },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
    tsConfig: { fileName: 'tsconfig.base.json' },
  },
};
