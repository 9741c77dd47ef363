import type { Setting } from '../tools.js';
import { rowAsSentence } from './extract.js';

const LONGEST_READING = 1200;

/** Puts the results of tool calls into words; null if there are none. */
export function answerFromTool(results: readonly { readonly name: string; readonly content: string }[]): string | null {
  if (results.length === 0) return null;
  return results.map(({ name, content }) => inWords(name, JSON.parse(content))).join('\n\n');
}

function inWords(name: string, result: unknown): string {
  if (isFailure(result)) return `I could not do that: ${result.error}.`;
  switch (name) {
    case 'list_documents':
      return (result as { document: string; title: string }[])
        .map(({ document, title }) => `- ${title} (\`${document}\`)`)
        .join('\n');
    case 'lookup_configuration':
      return (result as Setting[]).map(settingInWords).join('\n');
    default: {
      const { document, text } = result as { document: string; text: string };
      return `${document} says:\n\n${shortened(text)}`;
    }
  }
}

function settingInWords({ names, details, section }: Setting): string {
  const named = names.map((name) => `\`${name}\``).join(', ');
  const said = Object.entries(details).map(([header, cell]) => (/default/i.test(header) ? `default: ${cell}` : cell));
  return `${rowAsSentence([named, ...said])} (${section})`;
}

/** Cut at the end of a paragraph, so that no code fence is left open in the middle. */
function shortened(text: string): string {
  if (text.length <= LONGEST_READING) return text;
  const end = text.lastIndexOf('\n\n', LONGEST_READING);
  const kept = text.slice(0, end > 0 ? end : LONGEST_READING);
  const openFence = (kept.match(/^```/gm)?.length ?? 0) % 2 === 1;
  return `${kept}${openFence ? '\n```' : ''}\n\n…`;
}

function isFailure(result: unknown): result is { error: string } {
  return typeof result === 'object' && result !== null && 'error' in result && typeof result.error === 'string';
}
