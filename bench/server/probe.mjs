import { Agent, request } from 'node:http';

/** Asks for each path in turn until the time is over, and gives the quantiles of how long each took, in milliseconds. */
export async function probe(url, paths, seconds) {
  const agent = new Agent({ keepAlive: true });
  const times = new Map(Object.keys(paths).map((name) => [name, []]));
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    for (const [name, path] of Object.entries(paths)) {
      const startedMs = performance.now();
      const status = await get(`${url}${path}`, agent);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
      times.get(name).push(performance.now() - startedMs);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  agent.destroy();
  return Object.fromEntries([...times].map(([name, all]) => [name, quantiles(all)]));
}

function get(address, agent) {
  return new Promise((resolve, reject) => {
    request(address, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}

function quantiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { median: at(0.5), p99: at(0.99), count: sorted.length };
}
