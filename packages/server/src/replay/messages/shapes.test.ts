import type { Json, Message } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { toMessages } from './index.js';
import {
  ANSWER,
  ARGS,
  ARGS_TEXT,
  CALL,
  langChainCall,
  lc,
  openAiCall,
  QUESTION,
  RESULT,
  WORDS,
} from './shapes.testing.js';

describe('the same conversation reads the same', () => {
  it.each<[string, Json]>([
    [
      'as OpenAI chat writes it',
      [
        { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
        { role: 'assistant', content: null, refusal: null, function_call: null, tool_calls: [openAiCall] },
        { role: 'tool', tool_call_id: 'c1', content: '21' },
        { role: 'assistant', content: WORDS, tool_calls: null },
      ],
    ],
    [
      'as OpenAI chat writes it where the answer is spoken',
      [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: null, tool_calls: [openAiCall] },
        { role: 'tool', tool_call_id: 'c1', content: '21' },
        { role: 'assistant', content: null, audio: { id: 'audio_1', transcript: WORDS } },
      ],
    ],
    [
      'with the one call of a function that OpenAI had before',
      [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: null, tool_calls: [{ ...openAiCall, type: 'function' }] },
        { role: 'function', name: 'get_weather', content: '21' },
        { role: 'assistant', content: WORDS },
      ],
    ],
    [
      'in the items of OpenAI Responses',
      {
        model: 'gpt',
        tools: [{ type: 'function', name: 'get_weather', parameters: {} }],
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
          { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'x' },
          { type: 'function_call', call_id: 'c1', id: 'fc', name: 'get_weather', arguments: ARGS_TEXT },
          { type: 'function_call_output', call_id: 'c1', output: '21' },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: WORDS, annotations: [] }] },
        ],
      },
    ],
    [
      'in the blocks of Anthropic',
      [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'get_weather', input: ARGS }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: '21' }] }],
        },
        { role: 'assistant', content: [{ type: 'text', text: WORDS }] },
      ],
    ],
    [
      'in the parts of the GenAI conventions beside the keys of OpenAI’s chat, as LiteLLM writes them',
      [
        { role: 'user', parts: [{ type: 'text', content: 'Weather?' }] },
        {
          role: 'assistant',
          parts: [{ type: 'text', content: '' }],
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: ARGS_TEXT } }],
        },
        { role: 'tool', parts: [{ type: 'text', content: '21' }], tool_call_id: 'c1' },
        { role: 'assistant', parts: [{ type: 'text', content: WORDS }] },
      ],
    ],
    [
      'in the blocks of Bedrock and Strands',
      [
        { role: 'user', content: [{ text: 'Weather?' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'c1', name: 'get_weather', input: ARGS } }] },
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: 'c1', status: 'success', content: [{ text: '21' }] } }],
        },
        { role: 'assistant', content: [{ text: WORDS }] },
      ],
    ],
    [
      'in the parts of Gemini, in snake case as in the Agent Development Kit',
      {
        contents: [
          { role: 'user', parts: [{ text: 'Weather?' }] },
          { role: 'model', parts: [{ function_call: { id: 'c1', name: 'get_weather', args: ARGS } }] },
          { role: 'user', parts: [{ function_response: { name: 'get_weather', response: '21' } }] },
          { role: 'model', parts: [{ text: WORDS }] },
        ],
      },
    ],
    [
      'in the parts of Gemini, in camel case',
      {
        contents: [
          { parts: [{ text: 'Weather?' }] },
          { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'get_weather', args: ARGS } }] },
          { role: 'function', parts: [{ functionResponse: { name: 'get_weather', response: '21' } }] },
          { role: 'model', parts: [{ text: WORDS, thoughtSignature: 'x' }] },
        ],
      },
    ],
    [
      'as LangChain dumps its messages',
      {
        messages: [
          { type: 'human', content: 'Weather?', additional_kwargs: {}, id: '1' },
          { type: 'ai', content: '', tool_calls: [langChainCall], id: '2' },
          { type: 'tool', content: '21', name: 'get_weather', tool_call_id: 'c1', id: '3' },
          { type: 'ai', content: WORDS, tool_calls: [], id: '4' },
        ],
      },
    ],
    [
      'as LangChain turns its messages into dictionaries',
      {
        messages: [
          { type: 'human', data: { content: 'Weather?', type: 'human' } },
          { type: 'ai', data: { content: '', tool_calls: [langChainCall] } },
          { type: 'tool', data: { content: '21', tool_call_id: 'c1' } },
          { type: 'AIMessageChunk', data: { content: WORDS } },
        ],
      },
    ],
    [
      'as LangChain serialises its messages, a list for each prompt',
      {
        messages: [
          [
            lc('HumanMessage', { content: 'Weather?', type: 'human' }),
            lc('AIMessage', { content: '', additional_kwargs: { tool_calls: [openAiCall] } }),
            lc('ToolMessage', { content: '21', tool_call_id: 'c1' }),
            lc('AIMessageChunk', { content: [{ type: 'text', text: WORDS }] }),
          ],
        ],
      },
    ],
    [
      'in the command of a node of LangGraph',
      [
        {
          graph: null,
          update: {
            messages: [
              { type: 'human', content: 'Weather?' },
              {
                type: 'ai',
                content: [{ type: 'tool_use', id: 'c1', name: 'get_weather', input: ARGS }],
                tool_calls: [langChainCall],
              },
              { type: 'tool', content: '21', tool_call_id: 'c1' },
              { type: 'ai', content: WORDS },
            ],
          },
          goto: [],
        },
      ],
    ],
    [
      'in the inputs of a chain of LangChain that Traceloop writes',
      {
        inputs: {
          messages: [
            lc('HumanMessage', { content: 'Weather?' }),
            lc('AIMessage', { content: '', tool_calls: [langChainCall] }),
            lc('ToolMessage', { content: '21', tool_call_id: 'c1' }),
            lc('AIMessage', { content: WORDS }),
          ],
        },
        tags: [],
        metadata: { thread_id: 't' },
        kwargs: { name: 'LangGraph' },
      },
    ],
    [
      'as Langfuse writes the messages of LangChain, definitions of tools among them',
      [
        { role: 'user', content: 'Weather?' },
        { role: 'tool', content: { type: 'function', function: { name: 'get_weather', parameters: {} } } },
        { role: 'assistant', content: '', tool_calls: [langChainCall] },
        { role: 'get_weather', content: '21', additional_kwargs: {} },
        { role: 'assistant', content: WORDS },
      ],
    ],
    [
      'in the parts of the GenAI conventions',
      [
        { role: 'user', parts: [{ type: 'text', content: 'Weather?' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'get_weather', arguments: ARGS }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: '21' }] },
        { role: 'assistant', parts: [{ type: 'text', content: WORDS }], finish_reason: 'stop' },
      ],
    ],
    [
      'in the parts of Genkit',
      {
        messages: [
          { role: 'user', content: [{ text: 'Weather?' }] },
          { role: 'model', content: [{ toolRequest: { name: 'get_weather', ref: 'c1', input: ARGS } }] },
          { role: 'tool', content: [{ toolResponse: { name: 'get_weather', ref: 'c1', output: '21' } }] },
          { role: 'model', content: [{ text: WORDS }] },
        ],
        tools: [{ name: 'get_weather', inputSchema: {} }],
      },
    ],
    [
      'as pydantic-ai dumps its messages',
      [
        { kind: 'request', parts: [{ part_kind: 'user-prompt', content: 'Weather?' }] },
        {
          kind: 'response',
          parts: [{ part_kind: 'tool-call', tool_call_id: 'c1', tool_name: 'get_weather', args: ARGS_TEXT }],
        },
        {
          kind: 'request',
          parts: [{ part_kind: 'tool-return', tool_call_id: 'c1', tool_name: 'get_weather', content: '21' }],
        },
        { kind: 'response', parts: [{ part_kind: 'text', content: WORDS }] },
      ],
    ],
    [
      'in the blocks of LlamaIndex',
      {
        messages: [
          { role: 'user', blocks: [{ block_type: 'text', text: 'Weather?' }], additional_kwargs: {} },
          {
            role: 'assistant',
            blocks: [{ block_type: 'tool_call', tool_call_id: 'c1', tool_name: 'get_weather', tool_kwargs: ARGS }],
          },
          { role: 'MessageRole.TOOL', content: '21' },
          { role: 'assistant', blocks: [{ block_type: 'text', text: WORDS }] },
        ],
      },
    ],
    [
      'in the parts of Haystack',
      {
        prompt_builder: {
          messages: [
            { role: 'user', content: [{ text: 'Weather?' }], name: null, meta: {} },
            { role: 'assistant', content: [{ tool_call: { id: 'c1', tool_name: 'get_weather', arguments: ARGS } }] },
            {
              role: 'tool',
              content: [{ tool_call_result: { result: '21', origin: { id: 'c1', tool_name: 'get_weather' } } }],
            },
            { _role: 'assistant', _content: [{ text: WORDS }], _meta: {} },
          ],
        },
      },
    ],
    [
      'in the items of Semantic Kernel for Python',
      {
        messages: [
          { role: 'user', items: [{ content_type: 'text', text: 'Weather?' }] },
          {
            role: 'assistant',
            items: [{ content_type: 'function_call', id: 'c1', name: 'get_weather', arguments: ARGS_TEXT }],
          },
          { role: 'tool', items: [{ content_type: 'function_result', id: 'c1', name: 'get_weather', result: '21' }] },
          { role: 'assistant', items: [{ content_type: 'text', text: WORDS }] },
        ],
      },
    ],
    [
      'in the items of Semantic Kernel for .NET',
      [
        { Role: { Label: 'user' }, Items: [{ $type: 'TextContent', Text: 'Weather?' }] },
        {
          Role: { Label: 'assistant' },
          Items: [{ $type: 'FunctionCallContent', Id: 'c1', FunctionName: 'get_weather', Arguments: ARGS }],
        },
        { Role: { Label: 'tool' }, Items: [{ $type: 'FunctionResultContent', CallId: 'c1', Result: '21' }] },
        { Role: { Label: 'assistant' }, Items: [{ $type: 'TextContent', Text: WORDS }] },
      ],
    ],
    [
      'in the context of LiveKit',
      {
        items: [
          { id: 'm1', type: 'message', role: 'user', content: ['Weather?'] },
          { type: 'function_call', call_id: 'c1', name: 'get_weather', arguments: ARGS_TEXT },
          { type: 'function_call_output', call_id: 'c1', name: 'get_weather', output: '21', is_error: false },
          { id: 'm2', type: 'message', role: 'assistant', content: [WORDS] },
        ],
      },
    ],
    [
      'of a function that was called with a list of messages',
      {
        args: [
          [
            { role: 'user', content: 'Weather?' },
            { role: 'assistant', tool_calls: [openAiCall] },
            { role: 'tool', content: '21' },
            { role: 'assistant', content: WORDS },
          ],
        ],
        kwargs: { temperature: 0 },
      },
    ],
    [
      'in the pairs that LangChain takes, and messages of its own beside them',
      {
        messages: [
          ['human', 'Weather?'],
          { type: 'ai', content: '', tool_calls: [langChainCall] },
          { type: 'tool', content: '21', tool_call_id: 'c1' },
          ['ai', WORDS],
        ],
      },
    ],
  ])('%s', (_, body) => {
    const strip = ({ role, parts }: Message) => ({ role, parts });
    expect(toMessages(body)?.map(strip)).toEqual([QUESTION, CALL, RESULT, ANSWER]);
  });
});
