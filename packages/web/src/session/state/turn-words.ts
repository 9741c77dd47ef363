import type { MessagePart, ReplayTurn } from '@powerrag/protocol';
import { previewJson } from '../../ui/json-text.js';

/** How much of a question is looked at for its first words. */
const MOST_UNITS = 160;

/** The first words of a turn on one line: what was asked, else what was answered; empty where nothing was said. */
export function turnWords({ messages }: Pick<ReplayTurn, 'messages'>): string {
  const said = messages.find(({ role }) => role === 'user') ?? messages.find(({ role }) => role === 'assistant');
  const words = (said?.parts ?? []).map(firstWords);
  // What was written comes before what came with it.
  const written = words.find((_, at) => said?.parts[at]?.type === 'text') ?? '';
  return written === '' ? (words.find((text) => text !== '') ?? '') : written;
}

function firstWords(part: MessagePart): string {
  switch (part.type) {
    case 'text':
      return part.text.slice(0, MOST_UNITS).replace(/\s+/g, ' ').trim();
    case 'json':
      return previewJson(part.value, MOST_UNITS);
    case 'media':
      return part.kind;
    default:
      return '';
  }
}
