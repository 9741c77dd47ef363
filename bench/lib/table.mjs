/** A Markdown table; the first column is text, the others are figures. */
export function markdownTable(headings, rows) {
  const rule = headings.map((_, column) => (column === 0 ? '---' : '--:'));
  return [headings, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export const figure = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** A value with its ratio to the floor. */
export const withRatio = (value, floor) => `${figure(value)} (${(value / floor).toFixed(2)}×)`;

export const thousands = (value) => Math.round(value).toLocaleString('en-US');
