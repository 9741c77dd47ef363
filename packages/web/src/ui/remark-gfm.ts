import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Processor } from 'unified';

declare module 'unified' {
  interface Data {
    /** What remark-parse reads beside CommonMark: the grammar, and how the tree is made of it. */
    micromarkExtensions?: ReturnType<typeof gfm>[];
    fromMarkdownExtensions?: ReturnType<typeof gfmFromMarkdown>[];
  }
}

/**
 * Reads tables, strikethrough, task lists, footnotes and bare links, as GitHub does. The package `remark-gfm` also writes them, which
 * is a fifth of all that reads markdown here, and never needed.
 */
export function remarkReadGfm(this: Processor): void {
  const data = this.data();
  // One tilde means "about" far more often than "no longer".
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), gfm({ singleTilde: false })];
  data.fromMarkdownExtensions = [...(data.fromMarkdownExtensions ?? []), gfmFromMarkdown()];
}
