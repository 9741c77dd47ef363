import type { Message } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { isPaired, toolResults } from './tool-pairs.js';

const call = (id: string | null): Message => ({
  role: 'assistant',
  parts: [{ type: 'tool_call', id, name: 'lookup', arguments: {} }],
});
const result = (id: string | null): Message => ({
  role: 'tool',
  parts: [{ type: 'tool_result', id, name: null, result: { id } }],
});

describe('the results of tool calls', () => {
  it('are shown with their calls, by id', () => {
    const results = toolResults([call('a'), call('b'), result('b')]);
    expect([...results]).toEqual([['b', { id: 'b' }]]);
    expect(isPaired(result('b'), results)).toBe(true);
  });

  it('stand alone where their call is not there, or has no id', () => {
    const results = toolResults([call(null), result(null), result('gone')]);
    expect(results.size).toBe(0);
    for (const id of [null, 'gone']) expect(isPaired(result(id), results)).toBe(false);
    expect(isPaired({ role: 'tool', parts: [] }, results)).toBe(false);
  });
});
