import { join } from 'node:path';

/** Where the project is: paths in pages are relative to it. */
export const PROJECT_FOLDER = join(import.meta.dirname, '../../..');

/** A table in Markdown. A bar within a cell is escaped. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
