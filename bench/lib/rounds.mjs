/**
 * Runs every cell once per round, all cells of a round one after another, and keeps the minimum of each: on a shared machine
 * slow phases then affect all cells alike, and the minimum is the least disturbed value.
 */
export async function leastOf(rounds, cells) {
  const least = new Map();
  for (let round = 1; round <= rounds; round += 1) {
    for (const { key, run } of cells) {
      process.stderr.write(`\r\x1b[Kround ${round} of ${rounds}: ${key}`);
      const { value } = await run();
      least.set(key, Math.min(value, least.get(key) ?? Number.POSITIVE_INFINITY));
    }
  }
  process.stderr.write('\r\x1b[K');
  return (key) => least.get(key);
}
