import type { Message } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observation } from '../../testing/replay-document.js';
import { callBefore, sharedBeginning } from './new-messages.js';

const says = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const call = (id: string, startMs: number, part: object = {}) =>
  observation({ id, name: 'chat', type: 'generation', startMs, ...part });

describe('what is new in the context of a call', () => {
  it('is what follows the messages that the call before had as well', () => {
    const before = [says('a'), says('b')];
    expect(sharedBeginning(before, [says('a'), says('b'), says('c')])).toBe(2);
    expect(sharedBeginning(before, [says('x'), says('b')])).toBe(0);
    expect(sharedBeginning([], [says('a')])).toBe(0);
  });

  it('is told against the last call of the same name, of the same agent where there is one', () => {
    const calls = [
      call('main-1', 0, { parentId: 'main' }),
      call('sub-1', 10, { parentId: 'sub' }),
      call('title', 20, { name: 'title' }),
      call('main-2', 30, { parentId: 'main' }),
    ];
    expect(callBefore(call('main-2', 30, { parentId: 'main' }), calls)?.id).toBe('main-1');
    expect(callBefore(call('other', 25, { parentId: 'third' }), calls)?.id).toBe('sub-1');
    expect(callBefore(call('main-1', 0, { parentId: 'main' }), calls)).toBeUndefined();
  });
});
