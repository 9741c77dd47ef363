import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A section of a document: the text below one heading, up to the next heading of any level. */
export interface Passage {
  /** The document's path and the heading's anchor: `docs/sessions.md#late-ids`. */
  readonly id: string;
  readonly document: string;
  /** The headings above the text, outermost first; the document's title is the first of them. */
  readonly headings: readonly string[];
  /** The section's own markdown, without its heading. */
  readonly text: string;
}

/** Reads the project's README and every guide in its docs folder, cut into passages. */
export async function loadCorpus(projectFolder: string): Promise<Passage[]> {
  const guides = (await readdir(join(projectFolder, 'docs'))).filter((name) => name.endsWith('.md')).sort();
  const documents = ['README.md', ...guides.map((name) => `docs/${name}`)];
  const passages = await Promise.all(
    documents.map(async (document) => passagesOf(document, await readIfThere(join(projectFolder, document)))),
  );
  return passages.flat();
}

/** Cuts markdown at its headings. A `#` inside a fenced code block is not a heading; a section without text is not a passage. */
export function passagesOf(document: string, markdown: string): Passage[] {
  const passages: Passage[] = [];
  const anchors = new Map<string, number>();
  const headings: string[] = [];
  let anchor = '';
  let lines: string[] = [];
  let insideCode = false;

  const close = () => {
    const text = lines.join('\n').trim();
    if (text !== '') passages.push({ id: `${document}#${anchor}`, document, headings: headings.filter(Boolean), text });
    lines = [];
  };

  for (const line of withoutComments(markdown).split('\n')) {
    if (line.startsWith('```')) insideCode = !insideCode;
    const heading = insideCode ? null : /^(#{1,6})\s+(.+?)\s*#*$/.exec(line);
    if (!heading?.[1] || !heading[2]) {
      lines.push(line);
      continue;
    }
    close();
    const depth = heading[1].length;
    headings.length = Math.min(headings.length, depth - 1);
    while (headings.length < depth - 1) headings.push('');
    headings.push(heading[2].replaceAll('`', ''));
    anchor = uniqueAnchor(heading[2], anchors);
  }
  close();
  return passages;
}

/** The anchor that GitHub gives a heading: the second of the same name gets `-1`, the next `-2`. */
function uniqueAnchor(heading: string, taken: Map<string, number>): string {
  const slug = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
  const count = taken.get(slug) ?? 0;
  taken.set(slug, count + 1);
  return count === 0 ? slug : `${slug}-${count}`;
}

function withoutComments(markdown: string): string {
  return markdown.replace(/<!--[\s\S]*?-->\n?/g, '').replace(/^!\[[^\]]*\]\([^)]*\)$/gm, '');
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
