interface MarkdownNode {
  type: string;
  value?: string;
  alt?: string | null;
  url?: string;
  /** Of a definition and of what refers to one. */
  identifier?: string;
  /** Of a table: one entry a column. */
  align?: (string | null)[] | null;
  position?: {
    readonly start: { readonly offset?: number | undefined };
    readonly end: { readonly offset?: number | undefined };
  };
  children?: MarkdownNode[];
}

/** Nodes whose children are blocks, not runs of text. */
const BLOCK_PARENTS: ReadonlySet<string> = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition']);

/** Turns raw HTML into the text that it is: a model's `<answer>` tags are what was said, and shown rather than dropped. */
export function remarkShowHtml() {
  const show = (node: MarkdownNode): void => {
    node.children = (node.children ?? []).map((child) => {
      show(child);
      if (child.type !== 'html') return child;
      const text = { type: 'text', value: child.value ?? '', ...(child.position && { position: child.position }) };
      return BLOCK_PARENTS.has(node.type) ? { type: 'paragraph', children: [text] } : text;
    });
  };
  return show;
}

/**
 * Takes images out of links, and puts them behind: a click that asks about an image must not follow a link. A link that held
 * nothing else shows its address instead.
 */
export function remarkImagesBesideLinks() {
  const part = (node: MarkdownNode): void => {
    if (node.children === undefined) return;
    node.children = node.children.flatMap((child) => {
      part(child);
      if (child.type !== 'link' && child.type !== 'linkReference') return child;
      const images = takeImages(child);
      if (images.length === 0) return child;
      if (!hasText(child)) child.children = [{ type: 'text', value: child.url ?? 'link' }];
      return [child, { type: 'text', value: ' ' }, ...images];
    });
  };
  return part;
}

/** Removes the images within a node, at any depth, and returns them. */
function takeImages(node: MarkdownNode): MarkdownNode[] {
  const images: MarkdownNode[] = [];
  if (node.children === undefined) return images;
  node.children = node.children.filter((child) => {
    const isImage = child.type === 'image' || child.type === 'imageReference';
    if (isImage) images.push(child);
    else images.push(...takeImages(child));
    return !isImage;
  });
  return images;
}

function hasText(node: MarkdownNode): boolean {
  return (node.value ?? '').trim() !== '' || (node.children ?? []).some(hasText);
}

/**
 * Shows what markdown takes in and does not print: definitions of links and footnotes that nothing refers to, and the cells of a
 * row beyond those of its table's head.
 */
export function remarkShowAll() {
  return (tree: MarkdownNode, file: { toString(): string }): void => {
    const source = file.toString();
    const referred = new Set(identifiersOfReferences(tree));
    const show = (node: MarkdownNode): void => {
      if (node.children === undefined) return;
      node.children = node.children.map((child) => {
        if (child.type === 'definition' || child.type === 'footnoteDefinition') {
          // Of definitions of one name the first counts.
          if (referred.delete(kindOf(child))) return child;
          const value = source.slice(child.position?.start.offset, child.position?.end.offset);
          return { type: 'paragraph', children: [{ type: 'text', value }] };
        }
        show(child);
        if (child.type === 'table') widen(child);
        return child;
      });
    };
    show(tree);
  };
}

function identifiersOfReferences(node: MarkdownNode): string[] {
  const inside = (node.children ?? []).flatMap(identifiersOfReferences);
  return node.type.endsWith('Reference') ? [kindOf(node), ...inside] : inside;
}

/** Links and images share their definitions; footnotes have their own. */
function kindOf({ type, identifier = '' }: MarkdownNode): string {
  return `${type.startsWith('footnote') ? '^' : ''}${identifier}`;
}

function widen(table: MarkdownNode): void {
  const columns = Math.max(...(table.children ?? []).map((row) => row.children?.length ?? 0));
  const align = table.align ?? [];
  table.align = [...align, ...Array.from({ length: Math.max(0, columns - align.length) }, () => null)];
}
