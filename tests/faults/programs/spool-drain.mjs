import { readdirSync } from 'node:fs';
import { register } from '@powerrag/exporter';

/**
 * The next process with the same spool directory: `node spool-drain.mjs <options as JSON>`. Stays until nothing is left in the
 * directory, then prints its stats.
 */
const options = JSON.parse(process.argv[2]);
const { processor, shutdown } = register(options);
while (readdirSync(options.spoolDirectory).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
console.log(JSON.stringify(processor.stats()));
await shutdown();
