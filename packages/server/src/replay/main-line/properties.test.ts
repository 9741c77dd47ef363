import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  assistant,
  call,
  linesOf,
  replayOf,
  root,
  type Spoken,
  saidIn,
  spoken,
  system,
  toolCall,
  toolResult,
  user,
} from './testing.js';

const anyWord = fc.stringMatching(/^[a-z]{3,12}$/);
const anyExchange = fc.record({ asked: anyWord, answered: anyWord, tool: fc.boolean() });
type AnyExchange = typeof anyExchange extends fc.Arbitrary<infer T> ? T : never;
const anyConversation = fc.array(anyExchange, { minLength: 1, maxLength: 5 });

/** A conversation as one trace, ten seconds an exchange. */
function conversation(exchanges: readonly AnyExchange[]): Spoken[] {
  const history: Parameters<typeof call>[2][] = [];
  const calls = exchanges.flatMap(({ asked, answered, tool }, n) => {
    const at = n * 10_000 + 1_000;
    history.push(user(`${n} ${asked}?`));
    const first = tool ? [call(`t${n}`, at, [...history], toolCall('look'))] : [];
    if (tool) history.push(toolCall('look'), toolResult('look', `${n}`));
    const answer = call(`c${n}`, at + 2_000, [...history], assistant(`${n} ${answered}.`));
    history.push(assistant(`${n} ${answered}.`));
    return [...first, answer];
  });
  return [root(), ...calls];
}

const anySideCall = fc
  .tuple(fc.constantFrom('title', 'moderation', 'guardrail', 'tool', 'embedding'), fc.nat(4), fc.nat(9_000))
  .map(([kind, n, after]): Spoken[] => {
    const startMs = n * 10_000 + after;
    switch (kind) {
      case 'title':
        return [
          call(
            'side',
            startMs,
            [system('You write a title for a conversation.'), user('0 hello?')],
            assistant('Hello title'),
          ),
        ];
      case 'moderation':
        return [call('moderation', startMs, [user('0 hello?')], { flagged: false })];
      case 'embedding':
        return [spoken('side', { type: 'embedding', parentId: 'root', startMs, input: 'x', output: [1] })];
      default: {
        const type = kind === 'tool' ? 'tool' : 'guardrail';
        const work = spoken('work', { type, parentId: 'root', startMs, endMs: startMs + 1_000 });
        return [
          work,
          call('side', startMs, [user('0 other words')], assistant('Long words of another speaker.'), {
            parentId: 'work',
          }),
        ];
      }
    }
  });

it('the order in which spans arrived changes no word', () => {
  fc.assert(
    fc.property(
      anyConversation.chain((exchanges) => {
        const spans = conversation(exchanges);
        return fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length }));
      }),
      ([spans, shuffled]) => {
        expect(replayOf(shuffled).turns).toEqual(replayOf(spans).turns);
      },
    ),
  );
});

it('every exchange of a conversation is a turn, with the words that were said', () => {
  fc.assert(
    fc.property(anyConversation, (exchanges) => {
      const said = exchanges.map(({ asked, answered }, n) => [`user: ${n} ${asked}?`, `assistant: ${n} ${answered}.`]);
      expect(saidIn(conversation(exchanges))).toEqual(said);
    }),
  );
});

it('a side call changes neither question nor answer of any turn', () => {
  fc.assert(
    fc.property(anyConversation, anySideCall, (exchanges, side) => {
      const spans = conversation(exchanges);
      expect(saidIn([...spans, ...side])).toEqual(saidIn(spans));
    }),
  );
});

it('an exchange more adds a turn and changes no word of an earlier one', () => {
  fc.assert(
    fc.property(anyConversation, anyExchange, (exchanges, more) => {
      const before = replayOf(conversation(exchanges)).turns.map(linesOf);
      const after = replayOf(conversation([...exchanges, more])).turns.map(linesOf);
      expect(after.slice(0, -1)).toEqual(before);
    }),
  );
});
