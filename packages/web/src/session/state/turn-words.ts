import type { ReplayTurn } from '@powerrag/protocol';

/** How much of a question is looked at for its first words. */
const MOST_UNITS = 160;

/** The first words of a turn on one line: what was asked, else what was answered; empty where nothing was said. */
export function turnWords({ messages }: Pick<ReplayTurn, 'messages'>): string {
  const said = messages.find(({ role }) => role === 'user') ?? messages.find(({ role }) => role === 'assistant');
  const text = said?.parts.find((part) => part.type === 'text');
  return text?.type === 'text' ? text.text.slice(0, MOST_UNITS).replace(/\s+/g, ' ').trim() : '';
}
