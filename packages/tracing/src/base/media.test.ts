import { afterEach, describe, expect, it } from 'vitest';
import { configureTracing } from '../index.js';
import { forgetSetUp } from '../testing/recorded-spans.js';
import { snapshot } from './snapshot.js';

afterEach(forgetSetUp);

const bytes = Uint8Array.from({ length: 900_000 }, (_, index) => (index * 31) % 256);
const base64 = Buffer.from(bytes).toString('base64');
const question = 'What is in this picture?';

const parsed = (value: unknown): unknown => JSON.parse(snapshot(value) ?? 'undefined');

describe('of a message with a large picture, recording, or file', () => {
  it.each<[string, object, object]>([
    [
      'OpenAI chat',
      { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } },
      { type: 'image_url', image_url: { url: '[image/png: 900000 bytes]' } },
    ],
    [
      'OpenAI audio',
      { type: 'input_audio', input_audio: { data: base64, format: 'wav' } },
      { type: 'input_audio', input_audio: { data: '[data: 900000 bytes]', format: 'wav' } },
    ],
    [
      'OpenAI responses',
      { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;name=a.pdf;base64,${base64}` },
      { type: 'input_file', filename: 'a.pdf', file_data: '[application/pdf: 900000 bytes]' },
    ],
    ['OpenAI images', { b64_json: base64 }, { b64_json: '[b64_json: 900000 bytes]' }],
    [
      'OpenAI image generation',
      { type: 'image_generation_call', result: base64, output_format: 'webp' },
      { type: 'image_generation_call', result: '[result: 900000 bytes]', output_format: 'webp' },
    ],
    [
      'Anthropic',
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: base64 } },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '[data: 900000 bytes]' } },
    ],
    [
      'Gemini',
      { inlineData: { mimeType: 'audio/mp3', data: base64 } },
      { inlineData: { mimeType: 'audio/mp3', data: '[data: 900000 bytes]' } },
    ],
    [
      'the AI SDK',
      { type: 'image', image: base64, mediaType: 'image/png' },
      { type: 'image', image: '[image: 900000 bytes]', mediaType: 'image/png' },
    ],
    ['Ollama', { images: [base64, base64] }, { images: ['[images: 900000 bytes]', '[images: 900000 bytes]'] }],
    ['Gemini video', { video: { videoBytes: base64 } }, { video: { videoBytes: '[videoBytes: 900000 bytes]' } }],
    ['Mistral audio', { inputAudio: base64 }, { inputAudio: '[inputAudio: 900000 bytes]' }],
    ['a resource of MCP', { uri: 'a://b', blob: base64 }, { uri: 'a://b', blob: '[blob: 900000 bytes]' }],
    ['a tool with a key of its own', { screen: base64 }, { screen: '[screen: 900000 bytes]' }],
    ['a list of bytes', { data: [...bytes] }, { data: '[Array: 900000 bytes]' }],
    [
      'a Buffer that went through JSON',
      JSON.parse(JSON.stringify({ image: Buffer.from(bytes) })),
      { image: { type: 'Buffer', data: '[Array: 900000 bytes]' } },
    ],
    [
      'a Uint8Array that went through JSON',
      { data: JSON.parse(JSON.stringify(bytes.subarray(0, 9_000))) },
      { data: '[Object: 9000 bytes]' },
    ],
    ['silence', { data: 'A'.repeat(1_200_000) }, { data: '[data: 900000 bytes]' }],
  ])('for %s, the media is replaced by what and how large it is, and the question is kept', (_name, part, recorded) => {
    const messages = (media: object) => [
      { role: 'user', content: [media, { type: 'text', text: question }] },
      { role: 'user', content: 'Please.' },
    ];
    expect(parsed(messages(part))).toEqual(messages(recorded));
  });

  it('as a text of its own, such as Markdown or JSON, the text around the media is kept', () => {
    const uri = `data:image/png;base64,${base64}`;
    expect(snapshot(`![a](${uri}) ${question} ![b](${uri})`)).toBe(
      `![a]([image/png: 900000 bytes]) ${question} ![b]([image/png: 900000 bytes])`,
    );
    expect(snapshot(`${uri}\n${question}`)).toBe(`[image/png: 900000 bytes]\n${question}`);
    expect(snapshot(JSON.stringify({ url: uri, question }))).toBe(
      JSON.stringify({ url: '[image/png: 900000 bytes]', question }),
    );
  });

  const svg = `<svg xmlns='http://www.w3.org/2000/svg'>${"<path d='M0 0 L1 1'/>".repeat(100)}</svg>`;
  const encoded = encodeURIComponent(svg);

  const few = bytes.subarray(0, 30_000);
  const small = Buffer.from(few).toString('base64');
  const inLines = (ending: string) => small.replace(/.{76}(?=.)/g, (line) => line + ending);

  it.each<[string, object, object]>([
    ['base64', { data: small, media_type: 'image/png' }, { data: '[data: 30000 bytes]', media_type: 'image/png' }],
    ['several pictures', { images: [small, small] }, { images: ['[images: 30000 bytes]', '[images: 30000 bytes]'] }],
    ['a Buffer', { type: 'Buffer', data: [...few] }, { type: 'Buffer', data: '[Array: 30000 bytes]' }],
    ['a matrix of bytes', { image: [[...few], [...few]] }, { image: '[Array: 60000 bytes]' }],
    ['SVG', { url: `data:image/svg+xml;utf8,${svg}` }, { url: `[image/svg+xml: ${svg.length} bytes]` }],
    ['encoded SVG', { url: `data:image/svg+xml,${encoded}` }, { url: `[image/svg+xml: ${svg.length} bytes]` }],
    ['a Uint8Array', { file: { ...few } }, { file: '[Object: 30000 bytes]' }],
    ['two of them', [{ ...few }, { ...few }], ['[Object: 30000 bytes]', '[Object: 30000 bytes]']],
    ['base64 in lines', { data: inLines('\n') }, { data: '[data: 30000 bytes]' }],
    ['base64 in lines of MIME', { screen: inLines('\r\n') }, { screen: '[screen: 30000 bytes]' }],
    ['a data URI in lines', { url: `data:image/png;base64,${inLines('\n')}` }, { url: '[image/png: 30000 bytes]' }],
    ['a list of the arguments of a tool', [{ screenshot: small }], [{ screenshot: '[screenshot: 30000 bytes]' }]],
  ])('of JSON as a text, with %s in it, the question is kept', (_name, media, recorded) => {
    const messages = (part: object) => [question, part, { text: `${question} "Really" [1, 2]?` }];
    const once = (part: object) => JSON.stringify(messages(part));
    expect(JSON.parse(snapshot(once(media)) ?? '')).toEqual(messages(recorded));
    expect(JSON.parse(snapshot(JSON.stringify(messages(media), null, 2)) ?? '')).toEqual(messages(recorded));
    const call = JSON.parse(snapshot({ arguments: once(media), again: JSON.stringify({ body: once(media) }) }) ?? '');
    expect(JSON.parse(call.arguments)).toEqual(messages(recorded));
    expect(JSON.parse(JSON.parse(call.again).body)).toEqual(messages(recorded));
  });

  it('a picture of SVG in Markdown or CSS is replaced, and the text around it is kept', () => {
    expect(snapshot(`![a](data:image/svg+xml;charset=utf-8,${encoded}) ${question}`)).toBe(
      `![a]([image/svg+xml: ${svg.length} bytes]) ${question}`,
    );
    expect(snapshot(`a { background: url('data:image/svg+xml;utf8,${svg}') } ${question}`)).toBe(
      `a { background: url('[image/svg+xml: ${svg.length} bytes]') } ${question}`,
    );
  });

  it('a list of bytes that is a text of its own is replaced', () => {
    expect(snapshot(JSON.stringify([...few]))).toBe('[Array: 30000 bytes]');
  });

  it('in lines within a text, as in mail, the media ends where its lines end', () => {
    const text = `![a](data:image/png;base64,${inLines('\n')})\n${question}`;
    expect(snapshot(text)).toBe(`![a]([image/png: 30000 bytes])\n${question}`);
    expect(snapshot(JSON.stringify({ text }))).toBe(
      JSON.stringify({ text: `![a]([image/png: 30000 bytes])\n${question}` }),
    );
    const mail = `data:image/png;base64,${inLines('\n')}\n${question}`;
    expect(JSON.parse(snapshot(JSON.stringify({ mail })) ?? '')).toEqual({
      mail: `[image/png: 30000 bytes]\n${question}`,
    });
  });

  it.each([
    ['objects of bytes that do not end', '{"0":200,"1":7,'],
    ['escaped quotes', '\\"0\\":1,{'],
    ['backslashes', '\\'],
    ['escaped line breaks', 'QUJD\\n\\r\\n'],
    ['braces and spaces', '{   "0" :   '],
  ])('a long text of %s is read once', (_name, piece) => {
    const text = piece.repeat(400_000 / piece.length);
    expect(snapshot(text)).toBe(text);
    expect(snapshot(`"${text}"`)).toBe(`"${text}"`);
  });

  it('the limit holds for the text that is left', () => {
    configureTracing({ maxValueLength: 100 });
    expect(parsed([{ data: base64 }, 'x'.repeat(200)])).toEqual([
      { data: '[data: 900000 bytes]' },
      expect.stringMatching(/^x+\[truncated: \d+ of 200 characters\]$/),
    ]);
  });

  it('also where it is larger than a regular expression can match at once', () => {
    const large = 'A'.repeat(40_000_000);
    expect(parsed([{ data: large }, `data:image/png;base64,${large}`, question])).toEqual([
      { data: '[data: 30000000 bytes]' },
      '[image/png: 30000000 bytes]',
      question,
    ]);
  });

  it('what is not media is kept: a small icon, a long text under a key for media, an identifier', () => {
    const values = {
      icon: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=',
      data: 'What is said of data: it is long. '.repeat(100),
      text: 'x'.repeat(2000),
      line: 'x'.repeat(50_000),
      genome: 'GATTACA'.repeat(10_000),
      names: 'camelCase'.repeat(2_000),
      prose: 'Ada said: "One, Two"\n'.repeat(5_000),
      vector: Array.from({ length: 3_072 }, (_, index) => index % 256),
      percentages: Array.from({ length: 10_000 }, (_, index) => index % 101),
      byId: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [index, index])),
      ids: Array.from({ length: 10_000 }, (_, index) => index),
      letters: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [index, 65 + (index % 26)])),
      poem: 'Roses_are_red\n'.repeat(2_000),
      code: 'const url = "data:image/svg+xml," + svg;\n'.repeat(50),
      drawing: svg,
    };
    expect(parsed(values)).toEqual(values);
    // In a long text, an icon may be one of many.
    const { icon: _, ...inText } = values;
    expect(JSON.parse(snapshot(JSON.stringify(inText)) ?? '')).toEqual(inText);
  });
});
