import type { TextQuote } from '@powerrag/protocol';
import { findQuote, quoteAt } from './quote.js';

/** Each of these stands on lines of its own. */
const BLOCK = 'p, li, h1, h2, h3, h4, h5, h6, pre, blockquote, td, th, dt, dd, div, article';
/** What of a message is not what was said. */
const NOT_SAID = '.message-head, .message-origin, .passage-notes, button, summary, [aria-hidden="true"]';

interface ShownText {
  readonly text: string;
  /** The text nodes, and where each begins in the text. */
  readonly nodes: readonly { readonly node: Text; readonly at: number }[];
}

/** What a selection of the page marks in a message; null where it marks nothing that was said. */
export function quoteOfRange(message: Element, range: Range): TextQuote | null {
  const { text, nodes } = shownText(message);
  let [start, end] = [Number.POSITIVE_INFINITY, 0];
  for (const { node, at } of nodes) {
    if (!range.intersectsNode(node)) continue;
    start = Math.min(start, at + (node === range.startContainer ? range.startOffset : 0));
    end = Math.max(end, at + (node === range.endContainer ? range.endOffset : node.length));
  }
  return start < end ? quoteAt(text, start, end) : null;
}

/** Where a passage is in a message as it is shown; null where it is not. */
export function rangeOfQuote(message: Element, quote: TextQuote): Range | null {
  const { text, nodes } = shownText(message);
  const found = findQuote(text, quote);
  if (found === null) return null;
  const holder = (offset: number) => nodes.findLast(({ at }) => at <= offset);
  const [first, last] = [holder(found.start), holder(found.end - 1)];
  if (first === undefined || last === undefined) return null;
  const range = document.createRange();
  range.setStart(first.node, Math.min(first.node.length, found.start - first.at));
  range.setEnd(last.node, Math.min(last.node.length, found.end - last.at));
  return range;
}

function shownText(message: Element): ShownText {
  const walker = document.createTreeWalker(message, NodeFilter.SHOW_TEXT);
  const nodes: { node: Text; at: number }[] = [];
  let text = '';
  let block: Element | null = null;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!(node instanceof Text) || node.parentElement?.closest(NOT_SAID)) continue;
    const own = node.parentElement?.closest(BLOCK) ?? null;
    if (block !== null && own !== block) text += '\n';
    block = own;
    nodes.push({ node, at: text.length });
    text += node.data;
  }
  return { text, nodes };
}
