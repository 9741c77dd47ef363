import type { ServerResponse } from 'node:http';

/** Whole answers as the events by which the APIs of OpenAI (Responses), Anthropic and Gemini stream them. */

interface Event {
  readonly type?: string;
  readonly [field: string]: unknown;
}

interface Item {
  readonly id: string;
  readonly arguments?: string;
  readonly content?: readonly { readonly text: string }[];
}

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly input?: object;
}

export function streamResponses(to: ServerResponse, whole: { readonly output: readonly Item[] }): void {
  const [item] = whole.output;
  if (item === undefined) return;
  const at = { item_id: item.id, output_index: 0 };
  const [part] = item.content ?? [];
  const pieces: Event[] =
    part === undefined
      ? [
          { ...at, type: 'response.function_call_arguments.delta', delta: item.arguments },
          { ...at, type: 'response.function_call_arguments.done', arguments: item.arguments },
        ]
      : [
          { ...at, type: 'response.content_part.added', content_index: 0, part: { ...part, text: '' } },
          { ...at, type: 'response.output_text.delta', content_index: 0, delta: part.text, logprobs: [] },
          { ...at, type: 'response.output_text.done', content_index: 0, text: part.text, logprobs: [] },
          { ...at, type: 'response.content_part.done', content_index: 0, part },
        ];
  const unsaid = part === undefined ? { arguments: '' } : { content: [] };
  const begun = { ...item, ...unsaid, status: 'in_progress' };
  send(to, [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item: begun },
    ...pieces,
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: whole },
  ]);
}

interface AnthropicAnswer {
  readonly content: readonly Block[];
  readonly stop_reason: string;
  readonly usage: { readonly output_tokens: number };
}

export function streamAnthropic(to: ServerResponse, whole: AnthropicAnswer): void {
  const { content, stop_reason, usage } = whole;
  const message = { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  const blocks = content.flatMap((block, index): Event[] => {
    const isText = block.type === 'text';
    const delta = isText
      ? { type: 'text_delta', text: block.text }
      : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
    const begun = { ...block, ...(isText ? { text: '' } : { input: {} }) };
    return [
      { type: 'content_block_start', index, content_block: begun },
      { type: 'content_block_delta', index, delta },
      { type: 'content_block_stop', index },
    ];
  });
  send(to, [
    { type: 'message_start', message },
    ...blocks,
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    },
    { type: 'message_stop' },
  ]);
}

export function streamGemini(to: ServerResponse, whole: object): void {
  send(to, [{ ...whole }]);
}

function send(to: ServerResponse, events: readonly Event[]): void {
  to.writeHead(200, { 'content-type': 'text/event-stream' });
  events.forEach((event, sequence_number) => {
    const name = event.type === undefined ? '' : `event: ${event.type}\n`;
    const numbered = event.type?.startsWith('response.') ? { sequence_number, ...event } : event;
    to.write(`${name}data: ${JSON.stringify(numbered)}\n\n`);
  });
  to.end();
}
