import { openProcessor } from './libraries/processors.mjs';
import { installProvider } from './libraries/provider.mjs';

/**
 * What it costs to start spans while many of their trace are open, each library with its own span processor:
 * `node open-spans.mjs <library> <siblings|chain> <spans>` prints the microseconds of CPU per start, of that many spans under one root of
 * which none ends before all have started. In a chain, each is the parent of the next.
 */
const SLICES = 3;
/** At least so many starts make up a slice: what is shorter cannot be measured. */
const SLICE_STARTS = 8_000;

const [libraryName, shape, spansText] = process.argv.slice(2);
const spans = Number(spansText);
const { operations } = await import(`./libraries/${libraryName}.mjs`);
installProvider(openProcessor(libraryName));
const { startRoot, startChild } = operations();

measureTraces(4_000);
let least = Number.POSITIVE_INFINITY;
for (let slice = 0; slice < SLICES; slice += 1) least = Math.min(least, measureTraces(SLICE_STARTS));
process.stdout.write(JSON.stringify({ value: least }), () => process.exit(0));

/** The microseconds per start, over as many traces as it takes to start so many spans. */
function measureTraces(starts) {
  const traces = Math.ceil(starts / spans);
  let used = 0;
  for (let trace = 0; trace < traces; trace += 1) {
    const open = [startRoot()];
    const before = process.cpuUsage();
    for (let index = 0; index < spans; index += 1) open.push(startChild(shape === 'chain' ? open[index] : open[0]));
    const { user, system } = process.cpuUsage(before);
    used += user + system;
    for (const span of open.toReversed()) span.end();
  }
  return used / (traces * spans);
}
