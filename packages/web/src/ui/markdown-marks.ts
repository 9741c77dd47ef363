/** A part of a text to mark, from `start` up to, not at, `end`, in UTF-16 units. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** What the mark says when pointed at. */
  readonly title?: string;
}

/** Finds what to mark in a text: in order, not overlapping. */
export type FindMarks = (text: string) => readonly Mark[];

interface TreeNode {
  type: string;
  value?: string;
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: TreeNode[];
}

const BLOCKS: ReadonlySet<string> = new Set(['p', 'li', 'th', 'td', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

/** Marks parts of the text of each block, whatever elements they cross. */
export function rehypeMarks(find: FindMarks) {
  const mark = (node: TreeNode): void => {
    const children = node.children ?? [];
    const holdsBlocks = children.some(({ tagName = '' }) => BLOCKS.has(tagName));
    if (BLOCKS.has(node.tagName ?? '') && !holdsBlocks) markBlock(node, find);
    else children.forEach(mark);
  };
  return mark;
}

function markBlock(block: TreeNode, find: FindMarks): void {
  const marks = find(textOf(block));
  if (marks.length === 0) return;
  let at = 0;
  const split = (node: TreeNode): void => {
    if (node.children === undefined) return;
    node.children = node.children.flatMap((child) => {
      if (child.type !== 'text') {
        // A line break is a space between words.
        if (child.tagName === 'br') at++;
        split(child);
        return child;
      }
      const start = at;
      at += child.value?.length ?? 0;
      return pieces(child.value ?? '', start, marks);
    });
  };
  split(block);
}

function pieces(value: string, from: number, marks: readonly Mark[]): TreeNode[] {
  const found: TreeNode[] = [];
  let last = 0;
  for (const { start, end, title } of marks) {
    const [begin, stop] = [Math.max(0, start - from), Math.min(value.length, end - from)];
    if (begin >= stop) continue;
    if (begin > last) found.push({ type: 'text', value: value.slice(last, begin) });
    const children = [{ type: 'text', value: value.slice(begin, stop) }];
    found.push({ type: 'element', tagName: 'mark', properties: { className: ['passage'], title }, children });
    last = stop;
  }
  if (last < value.length) found.push({ type: 'text', value: value.slice(last) });
  return found;
}

function textOf(node: TreeNode): string {
  if (node.type === 'text') return node.value ?? '';
  if (node.tagName === 'br') return '\n';
  return (node.children ?? []).map(textOf).join('');
}
