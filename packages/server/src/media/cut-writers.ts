import type { Observation, ObservationBody, TraceAttributes } from '../observation/observation.js';
import type { Piece } from '../pieces/piece.js';
import { type ObservationWriter, Unstorable } from '../store/contract.js';
import type { LogEvents } from '../store/log-events.js';
import type { MediaStore } from '../store/media.js';
import type { PieceWriter } from '../store/pieces.js';
import { MediaCutter } from './cutter.js';

/*
 * Writers that cut media out of what they are given and store it first: what refers to it is never durable without it.
 */

export function withMediaCut(writer: ObservationWriter, media: MediaStore): ObservationWriter {
  return {
    write: async (projectId, batch) => {
      const cutter = new MediaCutter();
      const cut = batch.map((observation) => cutObservation(observation, cutter));
      await keep(media, projectId, cutter);
      try {
        await writer.write(projectId, cut);
      } catch (error) {
        // Whoever gave the batch knows its observations, and not those that were made of them here.
        throw error instanceof Unstorable ? restored(error, cut, batch) : error;
      }
    },
  };
}

export function piecesWithMediaCut(writer: PieceWriter, media: MediaStore): PieceWriter {
  return {
    writePieces: async (projectId, pieces, complete) => {
      const cutter = new MediaCutter();
      const cut = pieces.map((piece) => cutPiece(piece, cutter));
      await keep(media, projectId, cutter);
      await writer.writePieces(projectId, cut, complete);
    },
  };
}

export function logEventsWithMediaCut(logs: LogEvents, media: MediaStore): LogEvents {
  return {
    writeLogEvents: async (projectId, events) => {
      const cutter = new MediaCutter();
      const cut = events.map((event) => ({ ...event, attributes: cutter.record(event.attributes) }));
      await keep(media, projectId, cutter);
      await logs.writeLogEvents(projectId, cut);
    },
    readLogEvents: (...query) => logs.readLogEvents(...query),
  };
}

function restored(error: Unstorable, cut: readonly Observation[], batch: readonly Observation[]): Unstorable {
  const given = cut.flatMap((observation, index): [Observation, string][] => {
    const [reason, original] = [error.observations.get(observation), batch[index]];
    return reason === undefined || original === undefined ? [] : [[original, reason]];
  });
  return new Unstorable(new Map(given));
}

async function keep(media: MediaStore, projectId: string, cutter: MediaCutter): Promise<void> {
  const found = cutter.media;
  if (found.length > 0) await media.writeMedia(projectId, found);
}

function cutObservation(observation: Observation, cutter: MediaCutter): Observation {
  return { ...observation, body: cutBody(observation.body, cutter), trace: cutTrace(observation.trace, cutter) };
}

function cutBody({ input, output, metadata, events }: ObservationBody, cutter: MediaCutter): ObservationBody {
  return {
    input: input === null ? null : cutter.text(input),
    output: output === null ? null : cutter.text(output),
    metadata: cutter.record(metadata),
    events: events.map((event) => ({ ...event, attributes: cutter.record(event.attributes) })),
  };
}

function cutPiece(piece: Piece, cutter: MediaCutter): Piece {
  const { input, output, metadata } = piece.fields;
  const fields = {
    ...piece.fields,
    ...(input === undefined ? {} : { input: cutter.text(input) }),
    ...(output === undefined ? {} : { output: cutter.text(output) }),
    ...(metadata === undefined ? {} : { metadata: cutter.record(metadata) }),
  };
  return { ...piece, fields, trace: cutTrace(piece.trace, cutter) };
}

function cutTrace(trace: TraceAttributes, cutter: MediaCutter): TraceAttributes {
  const { input, output, metadata } = trace;
  if (input === undefined && output === undefined && metadata === undefined) return trace;
  return {
    ...trace,
    ...(input === undefined ? {} : { input: cutter.text(input) }),
    ...(output === undefined ? {} : { output: cutter.text(output) }),
    ...(metadata === undefined ? {} : { metadata: cutter.record(metadata) }),
  };
}
