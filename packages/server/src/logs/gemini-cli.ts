import type { Json } from '@powerrag/protocol';
import { knownCounts, usageFrom } from '../normalise/usage.js';
import type { Piece, PieceFields } from '../pieces/piece.js';
import type { Agent, AgentEvent, Given } from './agent-event.js';

/**
 * Gemini CLI, and Qwen Code, which was made from it: their log events tell of prompts, answers of the model, errors and calls
 * of tools. Source: Gemini CLI's documentation, "Observability with OpenTelemetry", and what version 0.61 sends. A prompt is a
 * trace, whose events have its `prompt_id`; runs with `-p` of one session share theirs, so that a turn begins with each prompt
 * (`STATED_TURNS`). What a sub-agent does has a `prompt_id` of its own, and none of its words are the conversation's. The spans
 * that Gemini CLI sends beside them, a trace for each call of the model, tell less.
 */

const SHARED = { sessionKey: 'session.id', turnOf: (event: AgentEvent) => event.text('prompt_id') ?? '' };

export const GEMINI_CLI: Agent = {
  ...SHARED,
  ...{ service: 'gemini-cli', prefix: 'gemini_cli.', scope: 'gemini_cli.events' },
  readers: readersOf('gemini_cli', 'gcp.gemini'),
};

export const QWEN_CODE: Agent = {
  ...SHARED,
  ...{ service: 'qwen-code', prefix: 'qwen-code.', scope: 'qwen-code.events' },
  readers: readersOf('qwen-code', undefined),
};

function readersOf(client: string, provider: string | undefined): Agent['readers'] {
  const callOf = (event: AgentEvent): Given<PieceFields> => ({
    ...{ type: 'generation', name: `${client}.llm_call`, provider },
    model: event.text('model', 'model_name'),
    startMs: event.startMs,
  });
  const ofPrompt = (event: AgentEvent, fields: Given<PieceFields>) => {
    const agent = event.text('subagent_name');
    return event.ofTrace(agent === undefined ? { name: `${client}.prompt`, ...fields } : { name: agent });
  };
  return new Map<string, (event: AgentEvent) => readonly Piece[]>([
    [
      'user_prompt',
      (event) => {
        const said = { input: event.words('prompt') };
        const prompt = event.ofObservation(event.ownId, { type: 'event', name: `${client}.user_prompt`, ...said });
        return [prompt, ofPrompt(event, said)];
      },
    ],
    [
      'api_response',
      (event) => {
        const answer = answerOf(event.words('response_text'));
        const request = { ...callOf(event), usage: usageOf(event), output: answer?.body };
        // What calls tools alone is no answer; the last of several answers is the one to the prompt.
        return [
          ...observed(event, event.text('response_id') ?? event.ownId, request),
          ofPrompt(event, answer?.hasText ? { output: answer.body } : {}),
        ];
      },
    ],
    [
      'api_error',
      (event) => [...observed(event, event.ownId, { ...callOf(event), ...errorOf(event) }), ofPrompt(event, {})],
    ],
    [
      'tool_call',
      (event) => [
        event.ofObservation(event.ownId, {
          ...{ type: 'tool', name: event.text('function_name'), startMs: event.startMs },
          input: event.words('function_args'),
          ...(event.text('success') === 'false' ? errorOf(event) : {}),
        }),
      ],
    ],
  ]);
}

/** What a sub-agent does is inside of its work for the agent, as of a tool. */
function observed(event: AgentEvent, id: string, fields: Given<PieceFields>): readonly Piece[] {
  const agent = event.text('subagent_name');
  if (agent === undefined) return [event.ofObservation(id, fields)];
  const work = `agent ${agent}`;
  return [
    event.ofObservation(work, { type: 'tool', name: agent }),
    event.ofObservation(id, { ...fields, parentId: event.observationId(work) }),
  ];
}

function errorOf(event: AgentEvent): Given<PieceFields> {
  const statusMessage = event.text(
    'error.message',
    'error',
    'error_message',
    'error.type',
    'error_type',
    'status_code',
  );
  return { level: 'ERROR', statusMessage };
}

/** What was thought is beside the output with Gemini, and in it with OpenAI: the total tells. */
function usageOf(event: AgentEvent): PieceFields['usage'] {
  const outputParts = knownCounts({ output_reasoning_tokens: event.count('thoughts_token_count') });
  return usageFrom({
    input: event.count('input_token_count'),
    output: event.count('output_token_count'),
    total: event.count('total_token_count'),
    inputParts: knownCounts({ input_cached_tokens: event.count('cached_content_token_count') }),
    outputParts,
  });
}

interface Answer {
  readonly body: string;
  /** False where the model only called tools. */
  readonly hasText: boolean;
}

/** The answer is text, or the chunks of Gemini's stream as JSON: then one message of all their parts. */
function answerOf(text: string | undefined): Answer | undefined {
  if (text === undefined) return undefined;
  const parts = partsOf(text);
  if (parts === undefined) return { body: text, hasText: true };
  const joined = joinTexts(parts);
  const hasText = joined.some((part) => typeof part.text === 'string' && part.thought !== true);
  return joined.length === 0 ? undefined : { body: JSON.stringify([{ role: 'model', parts: joined }]), hasText };
}

type Part = { readonly [key: string]: Json };

function partsOf(text: string): Part[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const chunks = [JSON.parse(text) as Json].flat();
    const candidates = chunks.flatMap((chunk) => listAt(chunk, 'candidates').slice(0, 1));
    if (candidates.length === 0) return undefined;
    return candidates
      .flatMap((candidate) => listAt(isObject(candidate) ? candidate.content : null, 'parts'))
      .filter(isObject);
  } catch {
    return undefined;
  }
}

/** A stream cuts a text anywhere. */
function joinTexts(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const [before, text] = [last?.text, part.text];
    if (typeof before === 'string' && typeof text === 'string' && last?.thought === part.thought)
      joined[joined.length - 1] = { ...last, text: before + text };
    else joined.push(part);
  }
  return joined;
}

function listAt(value: Json | undefined, key: string): readonly Json[] {
  const list = value !== undefined && isObject(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function isObject(value: Json): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
