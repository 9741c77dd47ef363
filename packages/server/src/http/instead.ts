import { OTLP_TRACES_PATH, TRACES_PATH } from '@powerrag/protocol';

/** Parts of Langfuse's API that this server does not have, with what to use; the first that fits a path counts. */
const INSTEAD: readonly (readonly [paths: RegExp, use: string])[] = [
  [
    /^\/api\/public\/(v2\/)?metrics(\/|$)/,
    'Read counts, tokens, costs and latencies by day, model, environment and tag from GET /api/v1/overview.',
  ],
  [
    /^\/api\/public\/models(\/|$)/,
    'Prices of models come with the server; give your own as a file with its option --prices.',
  ],
  [
    /^\/api\/public\/(v2\/)?prompts(\/|$)/,
    'This server does not keep prompts; a call may still name the prompt that it was made from.',
  ],
  [
    /^\/api\/public\/(v2\/)?(datasets|dataset-items|dataset-run-items|score-configs|annotation-queues|llm-connections)(\/|$)/,
    'This server keeps traces, scores, comments and media only.',
  ],
];

const DEFAULT = `Send traces to POST ${OTLP_TRACES_PATH} or ${TRACES_PATH}.`;

/** What a client that asks for a path that this server does not have is told to do. */
export function useInstead(path: string): string {
  return INSTEAD.find(([paths]) => paths.test(path))?.[1] ?? DEFAULT;
}
