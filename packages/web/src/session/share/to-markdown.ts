import type { Message, MessagePart, ReplayTurn, SessionExport } from '@powerrag/protocol';
import { formatAbsolute, formatCost, formatCount, formatDuration, plural } from '../../ui/format.js';
import { sessionTitle } from '../state/session-title.js';

/**
 * A session as a Markdown document: what was said, what ran in each turn and what failed. A text keeps every character: one that
 * could load something or change the document stands in a fence, any other is quoted.
 */
export function toMarkdown({ replay }: SessionExport): string {
  const { session, startedAtMs, durationMs, turns } = replay;
  const facts = [
    ['Session', inlineCode(session.id)],
    ['Started', formatAbsolute(startedAtMs)],
    ['Duration', formatDuration(durationMs)],
    ['Users', session.userIds.map(inlineCode).join(', ')],
    ['Environment', session.environment === null ? '' : inlineCode(session.environment)],
    ['Tags', session.tags.map(inlineCode).join(', ')],
    ['Tokens', session.totalTokens === 0 ? '' : formatCount(session.totalTokens)],
    ['Cost', session.totalCost === null ? '' : formatCost(session.totalCost)],
    ['Errors', session.errorCount === 0 ? '' : formatCount(session.errorCount)],
  ].flatMap(([name, value]) => (value === '' ? [] : [`- ${name}: ${value}`]));
  const blocks = [
    `# ${inlineCode(sessionTitle(replay))}`,
    facts.join('\n'),
    ...turns.flatMap((turn, index) => turnBlocks(replay, turn, index + 1)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function turnBlocks(replay: SessionExport['replay'], turn: ReplayTurn, number: number): string[] {
  const steps = stepLines(replay, turn);
  return [
    `## Turn ${number}`,
    `${formatAbsolute(replay.startedAtMs + turn.startMs)}, ${formatDuration(turn.endMs - turn.startMs)}`,
    ...turn.messages.flatMap(messageBlocks),
    ...(steps.length === 0 ? [] : [`**${plural(steps.length, 'step')}**`, steps.join('\n')]),
  ];
}

function stepLines({ observations, traces }: SessionExport['replay'], turn: ReplayTurn): string[] {
  const isRunning = traces.some(({ id, running }) => id === turn.traceId && running);
  const ids = new Set([...turn.steps, ...turn.errors]);
  return observations
    .filter(({ id, traceId }) => traceId === turn.traceId && ids.has(id))
    .map(({ type, name, startMs, endMs, model, level, statusMessage, statusReason = statusMessage }) => {
      const failed = level === 'ERROR' ? `, failed${statusReason === null ? '' : `: ${inlineCode(statusReason)}`}` : '';
      const time = endMs === null ? (isRunning ? 'running' : 'did not end') : formatDuration(endMs - startMs);
      return `- ${type} ${inlineCode(name)}${model === null ? '' : ` (${inlineCode(model)})`}, ${time}${failed}`;
    });
}

const SPEAKERS = { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool', other: 'Other' } as const;

function messageBlocks({ role, name, parts }: Message): string[] {
  const speaker = name === undefined ? `**${SPEAKERS[role]}**` : `**${SPEAKERS[role]}** ${inlineCode(name)}`;
  return [speaker, ...parts.flatMap(partBlocks)];
}

function partBlocks(part: MessagePart): string[] {
  switch (part.type) {
    case 'text':
      return [quoted(part.text)];
    case 'reasoning':
      return ['Reasoning:', quoted(part.text)];
    case 'tool_call':
      return [`Calls ${inlineCode(part.name)}:`, fenced(toJson(part.arguments), 'json')];
    case 'tool_result':
      return [
        `Result${part.name === null ? '' : ` of ${inlineCode(part.name)}`}:`,
        fenced(toJson(part.result), 'json'),
      ];
    case 'media':
      return [`[${part.kind}] ${inlineCode(part.reference ?? part.mimeType ?? '')}`];
    case 'json':
      return [fenced(toJson(part.value), 'json')];
  }
}

const toJson = (value: unknown): string => JSON.stringify(value, null, 2);

/** HTML, and images in any of their forms. */
const COULD_LOAD = /<|!\[/;

function quoted(text: string): string {
  if (text.trim() === '') return '';
  if (COULD_LOAD.test(text)) return fenced(text, 'text');
  return lines(text)
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** The text in a fence that nothing in it can close. */
function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** The text on one line, as code that nothing in it can close. */
function inlineCode(text: string): string {
  const line = lines(text).join(' ').trim();
  if (line === '') return '';
  const ticks = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${line}${space}${ticks}`;
}

function lines(text: string): string[] {
  return text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
