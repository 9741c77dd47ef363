import type { ReplayChanges } from '@powerrag/protocol';
import * as v from 'valibot';
import { named, number } from '../../routes/schema.js';
import { annotation, observation, trace, turnFields } from './replay.js';
import { sessionSummary } from './sessions.js';

const position = {
  revision: v.number(),
  asOfMs: number('Unix milliseconds.'),
};

/** A list that mostly grows at its end. */
function listChange<T extends v.GenericSchema>(item: T) {
  return v.object({ keep: number('So many of its entries stay.'), add: v.array(item) });
}

const { steps: _steps, errors: _errors, ...unchanged } = turnFields;

const change = named(
  'ReplayChange',
  v.object({
    ...position,
    session: sessionSummary,
    startedAtMs: number('Where it is not that of the document, read the document again.'),
    durationMs: v.number(),
    lanes: v.exactOptional(v.array(v.object({ service: v.nullable(v.string()), label: v.string() }))),
    gaps: v.exactOptional(listChange(v.object({ startMs: v.number(), endMs: v.number() }))),
    annotations: v.exactOptional(v.array(annotation)),
    traceIds: v.exactOptional(v.pipe(v.array(v.string()), v.description('All traces: others have left the session.'))),
    whole: v.exactOptional(
      v.pipe(v.array(v.string()), v.description('Traces of which everything known before is to be dropped.')),
    ),
    traces: v.array(trace),
    observations: v.array(observation),
    turns: v.array(
      v.object({
        traceId: v.string(),
        count: number('How many turns the trace has now.'),
        changed: v.array(
          v.object({
            ...unchanged,
            place: number('Among the turns of its trace.'),
            steps: listChange(v.string()),
            errors: listChange(v.string()),
          }),
        ),
      }),
    ),
  }),
);

/** `ReplayChanges`, as the OpenAPI document describes it. */
export const replayChanges = named(
  'ReplayChanges',
  v.pipe(
    v.object({
      ...position,
      from: v.nullable(v.object(position)),
      changes: v.array(change),
      nextChangeMs: v.nullable(number('Unix milliseconds: when a trace stops running if nothing more is heard of it.')),
    }),
    v.description('What changed in a session after a position, as steps to apply in order.'),
  ),
) satisfies v.GenericSchema<ReplayChanges>;
