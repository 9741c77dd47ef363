import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fails the build when the scripts of the page together exceed `limitBytes` after gzip; tells the figure when they do not. */
export function scriptBudget(limitBytes: number): Plugin {
  return {
    name: 'script-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const sizes = Object.values(bundle).flatMap((file) =>
        file.type === 'chunk' ? [gzipSync(file.code).length] : [],
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const figures = `${inKilobytes(total)} of ${inKilobytes(limitBytes)} kB gzip in ${sizes.length} files`;
      if (total > limitBytes) this.error(`The page's scripts exceed their budget: ${figures}.`);
      this.info(`Scripts: ${figures}.`);
    },
  };
}

function inKilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
