import { describe, expect, it } from 'vitest';
import {
  assistant,
  call,
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

const QUESTION = 'What is the return window?';
const ANSWER = 'You can return it within 60 days.';
const exchange = [`user: ${QUESTION}`, `assistant: ${ANSWER}`];
const main = call('chat', 2_000, [user(QUESTION)], assistant(ANSWER));

describe('the answer of a turn is what the user was told, beside', () => {
  it.each<[string, Spoken[]]>([
    [
      'the same request as a second instrumentation saw it, under another name of the model',
      [call('chat2', 2_100, [user(QUESTION)], assistant(ANSWER), { parentId: 'chat', model: 'gpt', endMs: 2_900 })],
    ],
    [
      'a title call after it',
      [call('chat2', 3_100, [user('Write a three-word title')], assistant('Battery return window'))],
    ],
    [
      'a title call before it',
      [call('chat2', 500, [user(`Write a title for: ${QUESTION}`)], assistant('Battery return window'))],
    ],
    [
      'a title call that is sent the whole conversation',
      [
        call(
          'chat2',
          3_100,
          [user(QUESTION), assistant(ANSWER), user('Generate a short title for this chat')],
          assistant('Returns'),
        ),
      ],
    ],
    [
      'a title call that only its system prompt gives away',
      [
        call(
          'chat2',
          3_100,
          [system('You write a title for each conversation.'), user(QUESTION)],
          assistant('Returns'),
        ),
      ],
    ],
    [
      'a summary by name',
      [
        call(
          'summarize-session',
          3_100,
          [user(`${QUESTION} ${ANSWER}`)],
          assistant('Asked about returns, and was told 60 days.'),
        ),
      ],
    ],
    [
      'a moderation call at the same time',
      [call('chat2', 2_000, [system('You are a content moderator. Is it safe?'), user(QUESTION)], { flagged: false })],
    ],
    [
      'a classification before it',
      [
        call(
          'chat2',
          500,
          [system('Classify the user message as billing, returns or other.'), user(QUESTION)],
          assistant('returns'),
        ),
      ],
    ],
    [
      'a guardrail that calls a model',
      [
        spoken('check', {
          type: 'guardrail',
          parentId: 'root',
          startMs: 3_000,
          endMs: 4_000,
          input: ANSWER,
          output: true,
        }),
        call(
          'chat2',
          3_100,
          [user(`Anything wrong here? ${ANSWER}`)],
          assistant('Nothing is wrong with this answer at all.'),
          { parentId: 'check' },
        ),
      ],
    ],
    [
      'an evaluator after it',
      [
        spoken('score', {
          type: 'evaluator',
          parentId: 'root',
          startMs: 3_100,
          endMs: 4_200,
          input: ANSWER,
          output: 0.7,
        }),
        call('chat2', 3_200, [user(`Q: ${QUESTION} A: ${ANSWER}`)], assistant('The answer is good.'), {
          parentId: 'score',
        }),
      ],
    ],
    [
      'an embedding',
      [spoken('embed', { type: 'embedding', parentId: 'root', startMs: 3_100, input: QUESTION, output: [0.1] })],
    ],
    [
      'a sub-agent that a tool runs',
      [
        spoken('research', { type: 'tool', parentId: 'root', startMs: 1_000, endMs: 1_900 }),
        spoken('agent', { type: 'agent', parentId: 'research', startMs: 1_000, endMs: 1_900 }),
        call('inner', 1_100, [user('Look up the policy')], assistant('Policy: 60 days, for all that is unopened.'), {
          parentId: 'agent',
        }),
      ],
    ],
  ])('%s', (_, side) => {
    expect(saidIn([root(), main, ...side])).toEqual([exchange]);
    expect(saidIn([...side, main, root()])).toEqual([exchange]);
  });

  it('retries of the same call that failed', () => {
    const failed = call('first', 1_000, [user(QUESTION)], undefined, { level: 'ERROR' });
    expect(saidIn([root(), failed, main])).toEqual([exchange]);
    expect(saidIn([root(), main, call('again', 3_500, [user(QUESTION)], undefined, { level: 'ERROR' })])).toEqual([
      exchange,
    ]);
  });

  it('a rewritten query, whose call holds the bare question', () => {
    const rewrite = call(
      'rewrite',
      100,
      [system('Rewrite the question.'), user('And batteries?')],
      assistant('return window of batteries'),
    );
    const search = spoken('search', { type: 'retriever', parentId: 'root', startMs: 1_200, endMs: 1_300 });
    const prompt = 'Context: 60 days.\nQuestion: return window of batteries';
    const answer = call('answer', 1_500, [system('Answer.'), user(prompt)], assistant(ANSWER));
    expect(saidIn([root(), rewrite, search, answer])).toEqual([['user: And batteries?', `assistant: ${ANSWER}`]]);
  });

  it('a rewritten query of which no name tells, for something was looked up after it', () => {
    const first = call('llm', 100, [user('And what about batteries?')], assistant('return window of batteries'));
    const search = spoken('search', { type: 'retriever', parentId: 'root', startMs: 1_200, endMs: 1_300 });
    const second = call(
      'llm2',
      1_500,
      [user('Context: 60 days.\nQuestion: return window of batteries')],
      assistant('60 days.'),
    );
    const { turns } = replayOf([root(), first, search, second]);
    expect(saidIn([root(), first, search, second])).toEqual([
      ['user: And what about batteries?', 'assistant: 60 days.'],
    ]);
    expect(turns[0]?.doubts).toEqual(['derived-calls']);
  });
});

describe('an exchange', () => {
  it('is one however many tools were called in it', () => {
    const asked = user('Weather in Paris?');
    const first = call('a', 1_000, [asked], toolCall('weather'));
    const second = call('b', 3_000, [asked, toolCall('weather'), toolResult('weather', '21')], toolCall('wind'));
    const history = [
      asked,
      toolCall('weather'),
      toolResult('weather', '21'),
      toolCall('wind'),
      toolResult('wind', '3'),
    ];
    const third = call('c', 5_000, history, assistant('Mild.'));
    expect(saidIn([root(), first, second, third])).toEqual([['user: Weather in Paris?', 'assistant: Mild.']]);
  });

  it('shows an answer that is JSON by design', () => {
    const { turns } = replayOf([
      root(),
      call('a', 1_000, [user('Extract the city: Paris')], { city: 'Paris', country: 'FR' }),
    ]);
    expect(turns[0]?.messages[1]?.parts).toEqual([{ type: 'json', value: { city: 'Paris', country: 'FR' } }]);
  });

  it('shows the answers of all models that were asked the same', () => {
    const [one, two] = ['gpt-4o', 'claude'].map((model) =>
      call(model, 1_000, [user('Why?')], assistant(`${model} says`), { model }),
    );
    const all = [root(), ...[one, two].filter((item) => item !== undefined)];
    expect(saidIn(all)).toEqual([['user: Why?', 'assistant: claude says', 'assistant: gpt-4o says']]);
    expect(replayOf(all).turns[0]?.doubts).toEqual(['several-answers']);
  });

  it('takes of two calls at once the one that was streamed, and says that it is not sure', () => {
    const streamed = call('a', 1_000, [system('A'), user('Why?')], assistant('So.'), { firstTokenMs: 1_200 });
    const other = call('b', 1_000, [system('B'), user('Why?')], assistant('A much longer text than the other.'));
    expect(saidIn([root(), other, streamed])).toEqual([['user: Why?', 'assistant: So.']]);
    expect(replayOf([root(), other, streamed]).turns[0]?.doubts).toEqual(['parallel-calls']);
  });

  it('has what the application says was asked and answered before what its calls say', () => {
    const said = root({ input: { query: 'Return?' }, output: { answer: '60 days (checked).' } });
    expect(saidIn([said, main])).toEqual([['user: Return?', 'assistant: 60 days (checked).']]);
  });

  it('is not taken from what a handler got and returned beside the words', () => {
    const handler = root({ input: { room: '7' }, output: { status: 'ok' } });
    expect(saidIn([handler, main])).toEqual([exchange]);
    expect(saidIn([root({ input: { q: QUESTION }, output: { text: 'In 60 days.' } }), main])).toEqual([
      [`user: ${QUESTION}`, 'assistant: In 60 days.'],
    ]);
  });

  it('is read from an agent below a root without words', () => {
    const agent = spoken('agent', {
      type: 'agent',
      parentId: 'root',
      startMs: 10,
      endMs: 900,
      input: [user('Capital?')],
      output: [assistant('Paris.')],
    });
    const wordless = spoken('llm', { type: 'generation', parentId: 'agent', startMs: 20, endMs: 800 });
    expect(saidIn([root(), agent, wordless])).toEqual([['user: Capital?', 'assistant: Paris.']]);
  });

  it('of a planner and an executor has the question of the one and the answer of the other', () => {
    const plan = 'Step 1: look up the policy of the shop. Step 2: tell the user.';
    const planner = spoken('planner', { type: 'agent', parentId: 'root', startMs: 10, endMs: 1_900 });
    const executor = spoken('executor', { type: 'agent', parentId: 'root', startMs: 2_000, endMs: 4_000 });
    const planning = call('a', 100, [system('Plan.'), user('Can I return my battery?')], assistant(plan), {
      parentId: 'planner',
    });
    const answer = 'Yes. You can return it within 60 days after you bought it.';
    const executing = call('b', 2_100, [system('Do.'), user(`Do this: ${plan}`)], assistant(answer), {
      parentId: 'executor',
    });
    expect(saidIn([root(), planner, executor, planning, executing])).toEqual([
      ['user: Can I return my battery?', `assistant: ${answer}`],
    ]);
  });

  it('is not made of a check or a judgement alone', () => {
    for (const type of ['guardrail', 'evaluator', 'event'] as const)
      expect(saidIn([spoken('alone', { type, input: 'hello', output: [0.1] })])).toEqual([]);
  });

  it('asks what a search, an embedding or a tool alone was given, and leaves what it gave back to the step', () => {
    for (const type of ['retriever', 'embedding', 'tool'] as const)
      expect(saidIn([spoken('alone', { type, input: 'cities of France', output: [{ id: 'a', score: 0.1 }] })])).toEqual(
        [['user: cities of France']],
      );
  });

  it('answers with the text alone where an agent repeats its calls of tools beside it, in one message', () => {
    const text = 'It is 21 degrees.';
    const repeated = {
      role: 'assistant',
      parts: [
        { type: 'text', content: text },
        { type: 'tool_call', id: 'c-1', name: 'get_weather', arguments: {} },
        { type: 'tool_call_response', id: 'c-1', response: '21' },
      ],
    };
    const agent = spoken('root', { type: 'agent', input: 'How warm is it?', output: [repeated] });
    expect(saidIn([agent, call('a', 2_000, [user('How warm is it?')], assistant(text))])).toEqual([
      ['user: How warm is it?', `assistant: ${text}`],
    ]);
  });
});

describe('a trace of several exchanges', () => {
  const words = Array.from({ length: 5 }, (_, n) => [user(`Question ${n}`), assistant(`Answer ${n}`)]);
  const histories = words.map((_, n) =>
    call(`c${n}`, n * 10_000 + 1_000, words.flat().slice(0, n * 2 + 1), assistant(`Answer ${n}`)),
  );
  const five = words.map((_, n) => [`user: Question ${n}`, `assistant: Answer ${n}`]);

  it('shows each of them as a turn', () => {
    expect(saidIn([root(), ...histories])).toEqual(five);
    expect(replayOf([root(), ...histories]).turns.map(({ steps, doubts }) => [steps, doubts])).toEqual(
      five.map((_, n) => [[`c${n}`], []]),
    );
  });

  it('shows each of them where the calls share no history, and says so', () => {
    const apart = words.map(([asked], n) =>
      call(`c${n}`, n * 10_000 + 1_000, [asked ?? null], assistant(`Answer ${n}`)),
    );
    expect(saidIn([root(), ...apart])).toEqual(five);
    expect(replayOf([root(), ...apart]).turns[0]?.doubts).toEqual(['separate-calls']);
  });

  it('shows the one in which the user asks for a summary, some time after the last answer', () => {
    const asked = call('c9', 60_000, [user('Summarize the policy for me')], assistant('60 days.'));
    expect(saidIn([root(), main, asked])).toEqual([
      exchange,
      ['user: Summarize the policy for me', 'assistant: 60 days.'],
    ]);
  });

  it('shows each of them whatever the root was started with', () => {
    expect(saidIn([root({ input: { room: '7' } }), ...histories])).toEqual(five);
    expect(saidIn([root({ input: 'Question 0', output: 'Answer 4' }), ...histories])).toEqual(five);
  });

  it('shows each of them where the history is cut in between', () => {
    const cut = [assistant('Answer 4'), user('And then?')];
    const last = call('c5', 60_000, cut, assistant('The end.'));
    expect(saidIn([root(), ...histories, last])).toEqual([...five, ['user: And then?', 'assistant: The end.']]);
  });

  it('shows a question that the user repeats again', () => {
    const again = call(
      'again',
      20_000,
      [user(QUESTION), assistant(ANSWER), user(QUESTION)],
      assistant('60 days, as I said.'),
    );
    expect(saidIn([root(), main, again])).toEqual([exchange, [`user: ${QUESTION}`, 'assistant: 60 days, as I said.']]);
  });

  it('gives each its tokens and cost, which add up to those of the trace', () => {
    const counted = histories.map((item) => ({
      ...item,
      observation: { ...item.observation, usage: { total: 10 }, cost: { total: 1 } },
    }));
    const { turns } = replayOf([root(), ...counted], undefined, { totalTokens: 50, totalCost: 5 });
    expect(turns.map(({ totalTokens, totalCost }) => [totalTokens, totalCost])).toEqual(five.map(() => [10, 1]));
  });
});

describe('the history that is sent along', () => {
  const earlier = call('one', 1_000, [user('First?')], assistant('One.'), { traceId: 't0', parentId: null });
  const later = (history: unknown[]) =>
    call('two', 20_000, JSON.parse(JSON.stringify([...history, user('Second?')])), assistant('Two.'), {
      parentId: null,
    });

  it('is not repeated where earlier turns show it', () => {
    const all = [earlier, later([user('First?'), assistant('One.')])];
    expect(saidIn(all)).toEqual([
      ['user: First?', 'assistant: One.'],
      ['user: Second?', 'assistant: Two.'],
    ]);
    expect(replayOf(all).turns.map(({ unseenAnswers }) => unseenAnswers)).toEqual([0, 0]);
  });

  it('is counted, once, where no turn shows it', () => {
    const history = [user('Zero?'), assistant('Zero.'), user('First?'), assistant('One.')];
    const third = call(
      'three',
      40_000,
      JSON.parse(JSON.stringify([...history, user('Second?'), assistant('Two.'), user('Third?')])),
      assistant('Three.'),
      { traceId: 't3', parentId: null },
    );
    expect(replayOf([earlier, later(history), third]).turns.map(({ unseenAnswers }) => unseenAnswers)).toEqual([
      0, 1, 0,
    ]);
  });

  it('proves which of two calls at once answered the user', () => {
    const quoted = call('b', 1_000, [system('B'), user('First?')], assistant('One.'));
    const other = call('a', 1_000, [system('A'), user('First?')], assistant('Longer than the answer was.'), {
      firstTokenMs: 1_100,
    });
    const next = call('two', 200_000, [user('First?'), assistant('One.'), user('Second?')], assistant('Two.'), {
      traceId: 't2',
      parentId: null,
    });
    expect(saidIn([root(), other, quoted, next])[0]).toEqual(['user: First?', 'assistant: One.']);
  });

  it('does not ask again in a trace that goes on after a tool', () => {
    const first = call('one', 1_000, [user('Weather?')], toolCall('w'), { traceId: 't0', parentId: null });
    const second = call('two', 5_000, [user('Weather?'), toolCall('w'), toolResult('w', '21')], assistant('Mild.'), {
      parentId: null,
    });
    expect(saidIn([first, second])[1]).toEqual(['assistant: Mild.']);
  });
});
