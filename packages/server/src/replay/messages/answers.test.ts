import type { Json } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { toMessages } from './index.js';
import { ANSWER, ARGS, ARGS_TEXT, CALL, langChainCall, lc, openAiCall, WORDS } from './shapes.testing.js';

describe('an answer reads as the answer', () => {
  it.each<[string, Json]>([
    ['of OpenAI chat', { choices: [{ index: 0, message: { role: 'assistant', content: WORDS } }], usage: {} }],
    ['of OpenAI completions', { choices: [{ text: WORDS, index: 0 }] }],
    [
      'of OpenAI Responses',
      { output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: WORDS }] }] },
    ],
    ['of Anthropic', { type: 'message', role: 'assistant', content: [{ type: 'text', text: WORDS }], usage: {} }],
    ['of Bedrock', { output: { message: { role: 'assistant', content: [{ text: WORDS }] } }, stopReason: 'end_turn' }],
    ['of Gemini', { candidates: [{ content: { role: 'model', parts: [{ text: WORDS }] } }] }],
    ['of the Agent Development Kit', { content: { parts: [{ text: WORDS }] }, usage_metadata: {} }],
    ['of Genkit and Ollama', { message: { role: 'model', content: WORDS }, finishReason: 'stop' }],
    ['of LangChain', { generations: [[{ text: WORDS, message: lc('AIMessage', { content: WORDS }) }]] }],
    ['of LangSmith', { generations: [[{ text: WORDS }]] }],
    ['of Haystack', { llm: { replies: [{ role: 'assistant', content: [{ text: WORDS }] }] } }],
    ['of Mastra', { text: WORDS, toolCalls: [] }],
    ['of the AI SDK', { text: WORDS, finishReason: 'stop', toolCalls: [] }],
    ['of AutoGen', { type: 'AssistantMessage', content: WORDS, source: 'assistant' }],
    ['that is a single message of LangChain', { type: 'ai', content: WORDS }],
    ['that is a list of parts', [{ type: 'text', text: WORDS }]],
    [
      'that is a list of one response of OpenAI, as OpenAI Agents has of a stream',
      [
        {
          object: 'response',
          output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: WORDS }] }],
        },
      ],
    ],
    [
      'that is a list of one completion',
      [{ object: 'chat.completion', choices: [{ message: { role: 'assistant', content: WORDS } }] }],
    ],
    [
      'that is a list of one answer of Gemini',
      [{ candidates: [{ content: { role: 'model', parts: [{ text: WORDS }] } }] }],
    ],
  ])('%s', (_, body) => {
    expect(toMessages(body, 'output')).toEqual([ANSWER]);
  });

  it.each<[string, Json]>([
    ['of OpenAI Responses', { type: 'function_call', call_id: 'c1', name: 'get_weather', arguments: ARGS_TEXT }],
    [
      'of the Agent Development Kit',
      { content: { parts: [{ function_call: { id: 'c1', name: 'get_weather', args: ARGS } }] } },
    ],
    ['of Mastra', { text: '', toolCalls: [{ toolCallId: 'c1', toolName: 'get_weather', args: ARGS }] }],
    ['that is a chunk of Mastra', { toolName: 'get_weather', toolCallId: 'c1', toolInput: ARGS }],
    ['of LiteLLM', { tool_calls: [openAiCall] }],
    ['that LangGraph gives to a node of tools', [langChainCall]],
    ['that LangSmith writes of it', { input: [langChainCall] }],
    [
      'of AutoGen',
      { type: 'AssistantMessage', source: 'a', content: [{ id: 'c1', name: 'get_weather', arguments: ARGS_TEXT }] },
    ],
  ])('that is a call: %s', (_, body) => {
    expect(toMessages(body, 'output')).toEqual([CALL]);
  });
});
