import { type TextRun, textRuns } from './hidden-characters.js';

/** A node of a markdown or HTML tree, as far as these plugins look at it. */
interface TextNode {
  type: string;
  value?: string;
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: TextNode[];
  readonly position?: {
    readonly start: { readonly offset?: number | undefined };
    readonly end: { readonly offset?: number | undefined };
  };
}

/**
 * Keeps what a model wrote where markdown would alter it: line breaks stay, and so do the backslashes of LaTeX, which markdown
 * takes for escapes of `(`, `[`, `,` and the like.
 */
export function remarkKeepText() {
  return (tree: TextNode, file: { toString(): string }): void => {
    const source = file.toString();
    const keep = (node: TextNode): void => {
      if (node.children === undefined) return;
      node.children = node.children.flatMap((child) => {
        keep(child);
        return child.type === 'text' ? lines(withBackslashes(child, source)) : child;
      });
    };
    keep(tree);
  };
}

/**
 * Lets each block be laid out in the direction of its own text. Blocks of blocks are told theirs: `auto` looks at no text that is in
 * a block with a direction of its own.
 */
export function rehypeDirections() {
  const direct = (node: TextNode): void => {
    const dir = directionOf(node);
    if (dir !== null) node.properties = { ...node.properties, dir };
    node.children?.forEach(direct);
  };
  return direct;
}

const LINES: ReadonlySet<string> = new Set(['p', 'li', 'th', 'td', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const CONTAINERS: ReadonlySet<string> = new Set(['ul', 'ol', 'blockquote', 'table']);

function directionOf(node: TextNode): 'auto' | 'rtl' | 'ltr' | null {
  if (CONTAINERS.has(node.tagName ?? '')) return directionOfContainer(node);
  if (!LINES.has(node.tagName ?? '')) return null;
  // A list item with paragraphs is such a block as well.
  return node.children?.some(({ tagName = '' }) => LINES.has(tagName)) ? directionOfContainer(node) : 'auto';
}

function directionOfContainer(node: TextNode): 'rtl' | 'ltr' {
  return RIGHT_TO_LEFT.test(firstLetter(node)) ? 'rtl' : 'ltr';
}

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Samaritan}\p{Script=Mandaic}]/u;

/** The first letter in a node, by which Unicode tells the direction of a paragraph; empty where it has none. */
function firstLetter(node: TextNode): string {
  const own = /\p{L}/u.exec(node.value ?? '')?.[0];
  if (own !== undefined) return own;
  for (const child of node.children ?? []) {
    const letter = firstLetter(child);
    if (letter !== '') return letter;
  }
  return '';
}

/** Marks hidden characters, code included. After anything that cleans the tree: the marks are ours. */
export function rehypeMarkHidden() {
  const mark = (node: TextNode): void => {
    if (node.children === undefined) return;
    node.children = node.children.flatMap((child) => {
      mark(child);
      return child.type === 'text' ? textRuns(child.value ?? '').map(markedNode) : child;
    });
  };
  return mark;
}

function markedNode({ text, hidden }: TextRun): TextNode {
  const node = { type: 'text', value: text };
  if (hidden === null) return node;
  const properties = { className: ['hidden-character'], dataName: hidden, title: `Hidden character: ${hidden}` };
  return { type: 'element', tagName: 'bdi', properties, children: [node] };
}

/** Escapes that belong to LaTeX and are rare in markdown. */
const OF_LATEX = new Set('()[]{},;!\\%&$^=\'"/');

/** What a backslash escapes in markdown; before anything else it stands for itself. */
const PUNCTUATION = /[!-/:-@[-`{-~]/;

/** The text of a node with the backslashes that stand before characters of LaTeX in its source. */
function withBackslashes({ value = '', position }: TextNode, source: string): string {
  const start = position?.start.offset;
  const end = position?.end.offset;
  if (start === undefined || end === undefined) return value;
  let text = '';
  let at = start;
  for (let next = 0; next < value.length; next++) {
    const unit = value.charAt(next);
    // Markers of quotes and lists, and indentation, stand in the source alone.
    while (at < end && source[at] !== unit && !(source[at] === '\\' && source[at + 1] === unit)) at++;
    if (at >= end) return text + value.slice(next);
    const isEscaped = source[at] === '\\' && source[at + 1] === unit && PUNCTUATION.test(unit);
    if (isEscaped) {
      text += OF_LATEX.has(unit) ? `\\${unit}` : unit;
      at += 2;
    } else {
      text += unit;
      at += 1;
    }
  }
  return text;
}

function lines(text: string): TextNode[] {
  return text
    .split('\n')
    .flatMap((value, line): TextNode[] =>
      line === 0 ? [{ type: 'text', value }] : [{ type: 'break' }, { type: 'text', value }],
    );
}
