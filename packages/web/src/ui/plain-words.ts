/** Marks of markdown that stand around words, in front of which no word stands: `2**3**4` is not bold. */
const AROUND = /(?<![\p{L}\p{N}*_`])(\*\*|__|`)(?=\S)([^\n*`]+?)(?<=\S)\1(?![\p{L}\p{N}*_`])/gu;
const HEADING = /^#{1,6}\s+/;
const LINK = /\[([^\][\n]+)\]\(https?:\/\/[^\s()]+\)/g;

/** The words of a line of markdown without the commonest marks around them, for where it is shown as one line of a list. */
export function plainWords(line: string): string {
  return line.replace(HEADING, '').replace(LINK, '$1').replace(AROUND, '$2');
}
