import { join } from 'node:path';
import { inPairs, root, run, script } from './lib/run.mjs';

const projects = [
  'packages/protocol',
  'packages/tracing',
  'packages/tracing/tsconfig.test.json',
  'packages/exporter',
  'packages/server',
  'packages/web',
  'examples/sessions',
  'examples/rag-chat',
  'examples/docs',
  'examples/aws-lambda',
  'examples/cloud-run',
  'tests',
  'scripts',
];

/** Type-checks every project of the workspace. The packages must be built: tests and examples see their published types. */
await script(() =>
  inPairs(
    projects.map(
      (project) => () => run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project]),
    ),
  ),
);
