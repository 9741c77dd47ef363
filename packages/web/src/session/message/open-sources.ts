/** What a line of documents found is known by, in the page. */
const LINES = '.conversation .sources-line';

/** Opens the documents of the first answer in view, or of the answer after the one whose documents have the focus. */
export function openSources(): void {
  const lines = [...document.querySelectorAll<HTMLButtonElement>(LINES)];
  const focused = lines.findIndex((line) => line.matches(':focus'));
  const line = focused === -1 ? lines.find(isBelowTop) : lines[focused + 1];
  if (line === undefined) return;
  if (line.ariaExpanded === 'false') line.click();
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: 'center' });
}

function isBelowTop(line: HTMLElement): boolean {
  const top = line.closest('.conversation')?.getBoundingClientRect().top ?? 0;
  return line.getBoundingClientRect().bottom > top;
}
