import { describe, expect, it } from 'vitest';
import { blocksOf } from './markdown.js';

describe('blocksOf', () => {
  it('cuts prose that is wrapped over lines into sentences', () => {
    expect(blocksOf('One sentence,\nwrapped. Another!')).toEqual([
      { type: 'sentence', text: 'One sentence, wrapped.' },
      { type: 'sentence', text: 'Another!' },
    ]);
  });

  it('treats each list item separately and shows a link by its text', () => {
    expect(blocksOf('- see [the guide](x.md)\n- two\n  lines\n1. first').map((block) => block)).toEqual([
      { type: 'sentence', text: 'see the guide' },
      { type: 'sentence', text: 'two lines' },
      { type: 'sentence', text: 'first' },
    ]);
  });

  it('keeps a code block whole, blank lines included', () => {
    const code = '```ts\nconst a = 1;\n\nconst b = 2;\n```';
    expect(blocksOf(`Before.\n\n${code}\n\nAfter.`)[1]).toEqual({ type: 'code', text: code });
  });

  it('reads a table row by row, with escaped bars in cells', () => {
    expect(blocksOf('| A | B |\n| --- | --- |\n| `x` | one \\| two |')).toEqual([
      { type: 'row', headers: ['A', 'B'], cells: ['`x`', 'one | two'] },
    ]);
  });
});
