import type { Json } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { type Rule, type SpanReader, textOf } from './span-reader.js';

/**
 * OpenLIT, as it wrote prompts before it took the messages of the GenAI conventions: one text with a line `role: words` for each
 * message, in an event or in an attribute. The words may go over several lines.
 */

const ROLE = 'system|developer|user|human|assistant|ai|model|tool|function';
const START = new RegExp(`^(${ROLE}): `);
const NEXT = new RegExp(`\\n(?=(?:${ROLE}): )`);

export const input: Rule<BodyText> = (span) => {
  if (!isOpenLit(span)) return undefined;
  const attribute = textOf(span.peek('gen_ai.prompt')) ?? textOf(span.peek('gen_ai.content.prompt'));
  const event = span.span.events.find(({ name }) => name === 'gen_ai.content.prompt');
  const text = attribute ?? textOf(event?.attributes.get('gen_ai.prompt'));
  if (text === undefined || !START.test(text)) return undefined;
  if (attribute !== undefined) for (const key of ['gen_ai.prompt', 'gen_ai.content.prompt']) span.claim(key);
  return JSON.stringify(text.split(NEXT).map(messageOf));
};

function isOpenLit({ span }: SpanReader): boolean {
  return span.scope.name.startsWith('openlit') || span.resource.get('telemetry.sdk.name') === 'openlit';
}

/** A part of a content that was a list is `text: words`. */
function messageOf(line: string): Json {
  const [start = '', role = 'user'] = START.exec(line) ?? [];
  return { role, content: line.slice(start.length).replace(/^text: /, '') };
}
