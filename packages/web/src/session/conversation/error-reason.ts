const TRACEBACK = 'Traceback (most recent call last)';
/** What is looked at of a reason, which may have a whole stack trace in it. */
const MOST = 20_000;

/**
 * What a failure's reason says on one line: its first line; what follows too, where that only announces it (`Error while
 * generating output:`). LangChain writes a traceback of Python right behind the error; of a traceback alone the last line says most.
 */
export function shortReason(reason: string): string {
  const [said = '', ...traces] = reason.slice(0, MOST).split(TRACEBACK);
  const lines = linesOf(said);
  const [first] = lines;
  if (first === undefined) return linesOf(traces.at(-1) ?? '').at(-1) ?? '';
  if (!first.endsWith(':')) return first;
  const stack = lines.findIndex((line) => /^at .+:\d+/.test(line));
  return lines.slice(0, stack === -1 ? lines.length : stack).join(' ');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
