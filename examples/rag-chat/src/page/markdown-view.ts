/**
 * Draws the markdown that answers are written in: paragraphs, lists, code blocks, `code`, **bold** and _emphasis_. Nodes are
 * made one by one and text is only ever text, so an answer cannot add markup, scripts or requests to other hosts.
 */
export function markdownView(markdown: string): DocumentFragment {
  const view = document.createDocumentFragment();
  for (const [index, part] of markdown.split(/^```/m).entries()) {
    if (index % 2 === 1) view.append(codeBlock(part));
    else for (const block of part.split(/\n{2,}/)) appendBlock(view, block.trim());
  }
  return view;
}

function codeBlock(fenced: string): HTMLElement {
  const firstLineEnd = fenced.indexOf('\n');
  const block = document.createElement('pre');
  block.tabIndex = 0;
  block.append(element('code', fenced.slice(firstLineEnd + 1).trimEnd()));
  return block;
}

function appendBlock(view: DocumentFragment, block: string): void {
  if (block === '') return;
  const lines = block.split('\n');
  if (lines.every((line) => /^(?:[-*]|\d+\.)\s/.test(line))) {
    const list = document.createElement('ul');
    for (const line of lines) list.append(inline('li', line.replace(/^(?:[-*]|\d+\.)\s+/, '')));
    view.append(list);
  } else {
    view.append(inline('p', block));
  }
}

function inline(tag: 'p' | 'li', text: string): HTMLElement {
  const line = document.createElement(tag);
  for (const [piece, code, bold, emphasis] of text.matchAll(
    /`([^`]+)`|\*\*([^*]+)\*\*|(?<!\w)_([^_`]+)_(?!\w)|[^`*_]+|[`*_]/g,
  )) {
    if (code !== undefined) line.append(element('code', code));
    else if (bold !== undefined) line.append(element('strong', bold));
    else if (emphasis !== undefined) line.append(element('em', emphasis));
    else line.append(piece);
  }
  return line;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  text: string,
  className = '',
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
