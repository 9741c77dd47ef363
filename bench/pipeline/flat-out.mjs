import { monitorEventLoopDelay } from 'node:perf_hooks';
import { installProvider } from '../libraries/provider.mjs';
import { cases, runOperations } from '../workload.mjs';

/**
 * Emits spans of case A2 as fast as they can be made, then shuts down: `node flat-out.mjs <pipeline> <count> <url>`, or in
 * bursts of `burst` spans with a pause of `pause` milliseconds after each: `… <url> <burst> <pause>`.
 * Prints CPU and wall time from the first span to the end of shutdown. The sink counts what arrived.
 */
const [pipelineName, countText, url, burst, pauseMs] = process.argv.slice(2);
const count = Number(countText);
const pipeline = await import(`./${pipelineName}.mjs`);
const provider = installProvider(pipeline.open(url));
const operation = pipeline.operations().A2;

// An application has started and sent something before it is under load; the table of imports measures that.
await runOperations(operation, cases.A2.payloads, 1);
await provider.forceFlush();
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await runOperations(operation, cases.A2.payloads, count - 1, burst && Number(burst), Number(pauseMs ?? 0));
await provider.shutdown().catch(() => {});
const seconds = (performance.now() - startedAt) / 1_000;
const cpu = process.cpuUsage(cpuBefore);
const result = {
  seconds,
  cpuMicroseconds: cpu.user + cpu.system,
  maxDelayMs: delay.max / 1e6,
  peakMegabytes: process.resourceUsage().maxRSS / 1_024,
};
process.stdout.write(JSON.stringify(result), () => process.exit(0));
