import {
  type Message,
  type MessagePart,
  OBSERVATION_LEVELS,
  OBSERVATION_TYPES,
  type ObservationDetails,
  type TokenUsage,
} from '@powerrag/protocol';
import * as v from 'valibot';
import { byName, json, named, number, string } from '../../routes/schema.js';

export const observationType = v.picklist(OBSERVATION_TYPES);
export const observationLevel = v.picklist(OBSERVATION_LEVELS);

export const tokenUsage = named(
  'TokenUsage',
  v.object({
    input: v.number(),
    output: v.number(),
    total: v.number(),
    details: v.pipe(byName(v.number()), v.description('Every count by name; they add up to `total`.')),
  }),
) satisfies v.GenericSchema<TokenUsage>;

const cut = v.exactOptional(
  number('Only the beginning is here: the characters of all of it. A value that is cut is the beginning of its JSON.'),
);

const messagePart = named(
  'MessagePart',
  v.variant('type', [
    v.object({ type: v.literal('text'), text: v.string(), cut }),
    v.object({ type: v.literal('reasoning'), text: v.string(), cut }),
    v.object({ type: v.literal('tool_call'), id: v.nullable(v.string()), name: v.string(), arguments: json, cut }),
    v.object({
      type: v.literal('tool_result'),
      id: v.nullable(v.string()),
      name: v.nullable(v.string()),
      result: json,
      cut,
    }),
    v.object({
      type: v.literal('media'),
      kind: v.picklist(['image', 'audio', 'file']),
      mimeType: v.nullable(v.string()),
      reference: v.nullable(v.string()),
      bytes: v.nullable(v.number()),
      cut,
    }),
    v.object({ type: v.literal('json'), value: json, cut }),
  ]),
) satisfies v.GenericSchema<MessagePart>;

/** The fields of a `Message`. */
export const messageFields = {
  role: v.picklist(['system', 'user', 'assistant', 'tool', 'other']),
  name: v.exactOptional(v.string()),
  parts: v.array(messagePart),
};

/** A `Message`, as the OpenAPI document describes it. */
export const message = named('Message', v.object(messageFields)) satisfies v.GenericSchema<Message>;

/** Of an observation. */
export const statusReason = v.exactOptional(
  string('What the status message says in words, where that is or contains JSON or a `repr` of Python.'),
);

/** `ObservationDetails`, as the OpenAPI document describes it. */
export const observationDetails = named(
  'ObservationDetails',
  v.object({
    id: v.string(),
    traceId: v.string(),
    parentId: v.nullable(v.string()),
    sessionId: v.nullable(v.string()),
    type: observationType,
    name: v.string(),
    startMs: number('Unix milliseconds.'),
    endMs: v.nullable(number('Unix milliseconds; null while it has not ended.')),
    firstTokenMs: v.nullable(number('Unix milliseconds.')),
    level: observationLevel,
    statusMessage: v.nullable(v.string()),
    statusReason,
    service: v.nullable(v.string()),
    scope: v.nullable(v.string()),
    environment: v.nullable(v.string()),
    version: v.nullable(v.string()),
    model: v.nullable(v.string()),
    provider: v.nullable(v.string()),
    modelParameters: byName(json),
    usage: v.nullable(tokenUsage),
    costDetails: v.pipe(byName(v.number()), v.description('US dollars by name.')),
    cost: v.nullable(number('US dollars.')),
    costEstimated: v.boolean(),
    prompt: v.nullable(v.object({ name: v.string(), version: v.nullable(v.number()) })),
    input: json,
    output: json,
    inputMessages: v.nullable(v.array(message)),
    outputMessages: v.nullable(v.array(message)),
    metadata: byName(json),
    events: v.array(v.object({ name: v.string(), timeMs: number('Unix milliseconds.'), attributes: byName(json) })),
  }),
) satisfies v.GenericSchema<ObservationDetails>;
