import { describe, expect, it } from 'vitest';
import { createPassageIndex } from '../retrieve.js';
import { MANUAL } from '../test-passages.js';
import { createTools, settingNames } from '../tools.js';
import { countWords, createExtractiveModel } from './extractive.js';
import type { ChatMessage, ModelEvent } from './model.js';

const index = createPassageIndex(MANUAL);
const tools = [...createTools(MANUAL).values()].map((tool) => tool.definition);

async function collect(question: string, { before = [], after = [], pauses = [] }: Setup = {}) {
  const model = createExtractiveModel({
    rarity: index.rarity,
    settings: settingNames(MANUAL),
    wordsPerSecond: 60,
    pause: async (ms) => void pauses.push(ms),
  });
  const passages = index.search(question, 4).map(({ passage }) => passage);
  const messages: ChatMessage[] = [...before, { role: 'user', content: question }, ...after];
  const events: ModelEvent[] = [];
  for await (const event of model.generate({ messages, tools, passages })) events.push(event);
  const text = events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
  const calls = events.flatMap((event) => (event.type === 'tool_calls' ? event.calls : []));
  const usage = events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
  return { answer: text.join(''), pieces: text.length, calls, usage, passages };
}

interface Setup {
  readonly before?: ChatMessage[];
  readonly after?: ChatMessage[];
  readonly pauses?: number[];
}

describe('the extractive answerer', () => {
  it('answers with sentences of the passages and the number of their source', async () => {
    const { answer } = await collect('When should the kettle wait for minutes?');
    expect(answer).toContain('A kettle that is too hot waits for five minutes. [1]');
  });

  it('prefers the definition where a definition is asked for', async () => {
    const { answer } = await collect('What is scale?');
    expect(answer).toMatch(/^Scale is the chalk of hard water\. \[\d\]/);
  });

  it('says that it quotes and that no model was asked', async () => {
    const { answer } = await collect('What boils water?');
    expect(answer).toContain('no language model was asked');
  });

  it('quotes nothing but what the passages say', async () => {
    const { answer, passages } = await collect('Does scale make a kettle slow?');
    const quoted =
      answer
        .split('\n\n')[0]
        ?.split(/ \[\d\] ?/)
        .filter(Boolean) ?? [];
    expect(quoted.length).toBeGreaterThan(0);
    for (const sentence of quoted) expect(passages.some((passage) => passage.text.includes(sentence))).toBe(true);
  });

  it('adds the code beside the answer where the question asks how', async () => {
    expect((await collect('How do I remove scale?')).answer).toContain('kettle descale --minutes 30');
    expect((await collect('What makes a kettle slow: scale?')).answer).not.toContain('--minutes');
  });

  it('says so where the documentation has no answer', async () => {
    expect((await collect('Who discovered Saturn?')).answer).toContain('The documentation says nothing about that.');
  });

  it('counts the words that it read and wrote as tokens, at no cost', async () => {
    const question = 'What makes a kettle slow: scale?';
    const { answer, usage, passages } = await collect(question);
    const input = [question, ...passages.map(({ text }) => text)].reduce((sum, text) => sum + countWords(text), 0);
    const output = countWords(answer);
    expect(usage).toEqual([{ usageDetails: { input, output, total: input + output }, costDetails: { total: 0 } }]);
  });

  it('gives the answer out word by word at the pace asked for', async () => {
    const pauses: number[] = [];
    const { answer, pieces } = await collect('What boils water?', { pauses });
    expect(pieces).toBeGreaterThan(3);
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo((countWords(answer) * 1000) / 60);
  });
});

describe('the tools of the extractive answerer', () => {
  it.each([
    ['What does KETTLE_LIGHT do?', 'lookup_configuration', { name: 'KETTLE_LIGHT' }],
    ['What does TEAPOT_LIMIT do?', 'lookup_configuration', { name: 'TEAPOT_LIMIT' }],
    ['Which documents do you have?', 'list_documents', {}],
    ['Read docs/teapot.md to me, please.', 'read_section', { document: 'docs/teapot.md' }],
    ['Open README.md', 'read_section', { document: 'README.md' }],
  ])('%s calls %s', async (question, name, args) => {
    const { calls, answer } = await collect(question);
    expect(calls.map((call) => call.function.name)).toEqual([name]);
    expect(JSON.parse(calls[0]?.function.arguments ?? '')).toEqual(args);
    expect(answer).toBe('');
  });

  it('are left alone by a question that needs none', async () => {
    expect((await collect('How do I remove scale?')).calls).toEqual([]);
  });

  it.each([
    [
      'lookup_configuration',
      [
        {
          names: ['KETTLE_LIGHT'],
          details: { Meaning: 'The lamp', Default: '`on`' },
          section: 'docs/settings.md#settings',
        },
      ],
      '`KETTLE_LIGHT`: The lamp; default: `on` (docs/settings.md#settings)',
    ],
    ['list_documents', [{ document: 'docs/a.md', title: 'A' }], '- A (`docs/a.md`)'],
    ['read_section', { document: 'docs/a.md', text: 'Hello.' }, 'docs/a.md says:\n\nHello.'],
    ['read_section', { error: 'there is no document "x"' }, 'I could not do that: there is no document "x".'],
  ])('%s: a result is put into words', async (name, result, expected) => {
    const after: ChatMessage[] = [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name, arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: JSON.stringify(result) },
    ];
    expect((await collect('What does KETTLE_LIGHT do?', { after })).answer).toContain(expected);
  });
});
