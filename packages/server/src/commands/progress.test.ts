import { describe, expect, it } from 'vitest';
import { progressOn } from './progress.js';

function shown(isTerminal: boolean) {
  const written: string[] = [];
  let ms = 0;
  const show = progressOn({ stream: { write: (text: string) => written.push(text) }, isTerminal, now: () => ms });
  return {
    show,
    written,
    pass: (passed: number) => {
      ms += passed;
    },
  };
}

describe('progress', () => {
  it('is a bar on a terminal, drawn again in its place at most ten times a second, and taken away at the end', () => {
    const { show, written, pass } = shown(true);
    const progress = show('Copying', 'bytes');
    progress.update(0, 8 * 1024 * 1024);
    pass(30_000);
    progress.update(2 * 1024 * 1024, 8 * 1024 * 1024);
    pass(50);
    progress.update(3 * 1024 * 1024, 8 * 1024 * 1024);
    progress.end();
    progress.end();
    expect(written).toEqual([
      '\r\u001b[2KCopying [------------------------] 0 %, 0.0 MiB of 8.0 MiB',
      '\r\u001b[2KCopying [######------------------] 25 %, 2.0 MiB of 8.0 MiB, about 90 s left',
      '\r\u001b[2K',
    ]);
  });

  it('is a line every ten seconds where there is no terminal, and none for short work', () => {
    const { show, written, pass } = shown(false);
    const progress = show('Importing', 'requests');
    progress.update(1, null);
    pass(9_000);
    progress.update(900, null);
    pass(1_000);
    progress.update(1_000, null);
    progress.end();
    expect(written).toEqual(['Importing: 1,000 requests …\n']);
  });
});
