/** A piece of a passage that can be quoted alone. */
export type Block =
  | { readonly type: 'sentence'; readonly text: string }
  | { readonly type: 'row'; readonly headers: readonly string[]; readonly cells: readonly string[] }
  | { readonly type: 'code'; readonly text: string };

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Cuts a passage into sentences (of prose and of list items), table rows and code blocks, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const chunk of chunksOf(markdown)) {
    const first = chunk[0] ?? '';
    if (first.startsWith('```')) blocks.push({ type: 'code', text: chunk.join('\n') });
    else if (first.startsWith('|')) blocks.push(...rowsOf(chunk));
    else blocks.push(...sentencesOf(chunk));
  }
  return blocks;
}

/** Groups lines that belong together: a code fence with what it holds, a table, a list item, a paragraph. */
function chunksOf(markdown: string): string[][] {
  const chunks: string[][] = [];
  let open: string[] | null = null;
  let insideCode = false;
  for (const line of markdown.split('\n')) {
    const fence = line.startsWith('```');
    const startsNew = !open || (!insideCode && (fence || /^\s*(?:[-*+]|\d+\.)\s/.test(line)));
    if (!insideCode && line.trim() === '') {
      open = null;
      continue;
    }
    if (startsNew) {
      open = [];
      chunks.push(open);
    }
    open?.push(line);
    if (fence) {
      insideCode = !insideCode;
      if (!insideCode) open = null;
    }
  }
  return chunks;
}

function sentencesOf(lines: readonly string[]): Block[] {
  const text = lines
    .map((line) => line.trim())
    .join(' ')
    .replace(/^(?:[-*+]|\d+\.|>)\s+/, '')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  return [...sentences.segment(text)]
    .map(({ segment }) => ({ type: 'sentence' as const, text: segment.trim() }))
    .filter((sentence) => sentence.text !== '');
}

function rowsOf(lines: readonly string[]): Block[] {
  const [headers = [], , ...rows] = lines.map(cellsOf);
  return rows.map((cells) => ({ type: 'row', headers, cells }));
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}
