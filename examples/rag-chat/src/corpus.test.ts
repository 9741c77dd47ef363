import { describe, expect, it } from 'vitest';
import { passagesOf } from './corpus.js';

describe('passagesOf', () => {
  it('cuts a document at its headings and names each passage by its anchor', () => {
    const passages = passagesOf(
      'docs/x.md',
      '# Title\n\nIntro.\n\n## Late ids\n\nText.\n\n### Detail\n\nMore.\n\n## Next\n\nEnd.',
    );
    expect(passages.map(({ id, headings, text }) => ({ id, headings, text }))).toEqual([
      { id: 'docs/x.md#title', headings: ['Title'], text: 'Intro.' },
      { id: 'docs/x.md#late-ids', headings: ['Title', 'Late ids'], text: 'Text.' },
      { id: 'docs/x.md#detail', headings: ['Title', 'Late ids', 'Detail'], text: 'More.' },
      { id: 'docs/x.md#next', headings: ['Title', 'Next'], text: 'End.' },
    ]);
  });

  it('treats a # in a code block as code', () => {
    const passages = passagesOf('docs/x.md', '# Title\n\n```sh\n# a comment\nls\n```\n');
    expect(passages).toHaveLength(1);
    expect(passages[0]?.text).toContain('# a comment');
  });

  it('leaves out headings without text, and comments', () => {
    const passages = passagesOf('docs/x.md', '# Title\n\n## Part\n\n<!-- examples/a.ts -->\nSaid.\n');
    expect(passages.map((passage) => passage.text)).toEqual(['Said.']);
  });

  it('gives two headings of one name two anchors', () => {
    const passages = passagesOf('d.md', '# A\n\n## Same\n\none\n\n## Same\n\ntwo\n');
    expect(passages.map((passage) => passage.id)).toEqual(['d.md#same', 'd.md#same-1']);
  });

  it('skips a level of headings without inventing one', () => {
    expect(passagesOf('d.md', '# A\n\n### Deep\n\nx\n\n## B\n\ny').map((passage) => passage.headings)).toEqual([
      ['A', 'Deep'],
      ['A', 'B'],
    ]);
  });
});
