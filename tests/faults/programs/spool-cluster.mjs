import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';

/** Several processes of one application: `node spool-cluster.mjs <plans as JSON>` runs spool-emit.mjs once for each plan. Prints their process ids. */
const plans = JSON.parse(process.argv[2]);
const workers = plans.map((plan) => {
  cluster.setupPrimary({
    exec: fileURLToPath(new URL('spool-emit.mjs', import.meta.url)),
    args: [JSON.stringify(plan)],
  });
  return cluster.fork();
});
console.log(JSON.stringify(workers.map(({ process }) => process.pid)));
