import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/**
 * Fails the build when the scripts that any first view of the page needs exceed `limitBytes` after gzip; tells the figure when they
 * do not. A view needs the entry and one of the parts that the entry loads by itself; what those load later does not count.
 */
export function scriptBudget(limitBytes: number): Plugin {
  return {
    name: 'script-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = new Map(
        Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])),
      );
      const entry = neededBy(
        chunks,
        [...chunks.values()].filter((chunk) => chunk.isEntry),
      );
      const views = [...entry].flatMap((chunk) => chunk.dynamicImports.flatMap((name) => chunks.get(name) ?? []));
      const loads = [[], ...views.map((view) => [view])].map((view) => new Set([...entry, ...neededBy(chunks, view)]));
      const largest = Math.max(...loads.map(gzippedSize));
      const figures = `${inKilobytes(largest)} of ${inKilobytes(limitBytes)} kB gzip`;
      if (largest > limitBytes) this.error(`The scripts of a first view exceed their budget: ${figures}.`);
      this.info(`Scripts of the largest first view: ${figures}.`);
    },
  };
}

/** Chunks with everything that they import, however indirectly, other than on demand. */
function neededBy(
  chunks: ReadonlyMap<string, Rolldown.OutputChunk>,
  from: readonly Rolldown.OutputChunk[],
): Set<Rolldown.OutputChunk> {
  const needed = new Set<Rolldown.OutputChunk>();
  const pending = [...from];
  for (let chunk = pending.pop(); chunk !== undefined; chunk = pending.pop()) {
    if (needed.has(chunk)) continue;
    needed.add(chunk);
    pending.push(...chunk.imports.flatMap((name) => chunks.get(name) ?? []));
  }
  return needed;
}

function gzippedSize(chunks: ReadonlySet<Rolldown.OutputChunk>): number {
  return [...chunks].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}

function inKilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
