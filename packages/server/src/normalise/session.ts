import { SpanAttributeKeys as Keys } from '@powerrag/protocol';
import { type IdStrength, IdStrengths, type TraceAttributes } from '../observation/observation.js';
import { isToldByEvents } from './gemini-cli.js';
import * as langWatch from './langwatch.js';
import { isMadeUp } from './litellm.js';
import { isIdOfChain } from './open-inference.js';
import { isScrubbed } from './pydantic-ai.js';
import { encodedTextOf, type SpanReader, textOf } from './span-reader.js';
import { isConversationOfNobody } from './spring-ai.js';

interface Source {
  readonly strength: IdStrength;
  readonly keys: readonly string[];
}

/** Where an id of a session is read from, strongest first. Within one strength the more particular key goes first. */
const SOURCES: readonly Source[] = [
  { strength: IdStrengths.explicit, keys: ['langfuse.session.id', Keys.sessionId] },
  {
    strength: IdStrengths.metadata,
    keys: [
      `${Keys.observationMetadata}.langfuse_session_id`,
      `${Keys.traceMetadata}.langfuse_session_id`,
      'ai.telemetry.metadata.sessionId',
      'ai.telemetry.metadata.session.id',
      'ai.telemetry.metadata.session_id',
      'ai.telemetry.metadata.threadId',
      'ai.telemetry.metadata.thread_id',
      'ai.settings.context.sessionId',
      'traceloop.association.properties.session_id',
      'traceloop.association.properties.conversation_id',
      'traceloop.association.properties.thread_id',
      'traceloop.association.properties.chat_id',
      'langsmith.metadata.session_id',
      'langsmith.metadata.thread_id',
      'langsmith.metadata.conversation_id',
      'mastra.metadata.sessionId',
      'mastra.metadata.threadId',
      'gcp.vertex.agent.session_id',
      'mlflow.trace.session',
      'lmnr.association.properties.session_id',
      'langwatch.thread.id',
      'gen_ai.session.id',
      'spring.ai.chat.client.conversation.id',
      'confident.trace.thread_id',
      'confident.trace.thread.id',
      'ag.session.id',
    ],
  },
  {
    strength: IdStrengths.conversation,
    keys: [
      'gen_ai.conversation.id',
      'gen_ai.thread.id',
      'conversation.id',
      'genkit:sessionId',
      'lk.room_name',
      'litellm.trace_id',
    ],
  },
];

/** The keys whose ids stay in the metadata of a span when another is its session. */
export const OTHER_ID_KEYS: ReadonlySet<string> = new Set(
  SOURCES.filter(({ strength }) => strength !== IdStrengths.explicit)
    .flatMap(({ keys }) => keys)
    .filter((key) => !key.startsWith('langfuse.')),
);

/** What stands under a key and names no session: it would put what has nothing in common into one. */
const NAMES_NOTHING: readonly ((key: string, id: string) => boolean)[] = [
  isMadeUp,
  isConversationOfNobody,
  (_key, id) => isScrubbed(id),
];

/**
 * Which session the span says that its trace belongs to, and which other ids it names. Metadata may be written as JSON, so a
 * quoted id in it is read without its quotes; under an explicit key an id is taken as it is, quotes included. Only the key
 * that is used is claimed: the others are metadata still.
 */
export function sessionOf(
  reader: SpanReader,
): Pick<TraceAttributes, 'sessionId' | 'sessionIdStrength' | 'conversationIds'> {
  let found: { readonly id: string; readonly strength: IdStrength } | undefined;
  const others = new Set<string>();
  const see = (id: string | undefined, strength: IdStrength, key?: string) => {
    if (id === undefined) return;
    if (found !== undefined || isToldByEvents(reader)) others.add(id);
    else {
      found = { id, strength };
      if (key !== undefined) reader.claim(key);
    }
  };
  for (const { strength, keys } of SOURCES) {
    const read = strength === IdStrengths.explicit ? textOf : encodedTextOf;
    for (const key of reader.keys.present(keys)) {
      const id = read(reader.peek(key));
      if (id === undefined || NAMES_NOTHING.some((says) => says(key, id))) continue;
      const isOfChain = key === Keys.sessionId && isIdOfChain(reader, id);
      see(id, isOfChain ? IdStrengths.metadata : strength, key);
    }
    if (strength === IdStrengths.metadata) see(langWatch.sessionId(reader), strength);
  }
  // The resource is shared by many spans, so nothing of it is claimed.
  see(textOf(reader.span.resource.get(Keys.sessionId)), IdStrengths.resource);
  if (reader.mentions('lk')) see(textOf(reader.span.resource.get('room_id')), IdStrengths.resource);
  if (found !== undefined) others.delete(found.id);
  const conversationIds = others.size === 0 ? {} : { conversationIds: [...others] };
  if (found === undefined) return conversationIds;
  return {
    sessionId: found.id,
    ...(found.strength === IdStrengths.explicit ? {} : { sessionIdStrength: found.strength }),
    ...conversationIds,
  };
}
