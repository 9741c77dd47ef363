import { describe, expect, it } from 'vitest';
import { readOptions } from './options.js';

describe('readOptions', () => {
  it('serves on port 4320 and sends to a local server, with the extractive answerer, by default', () => {
    expect(readOptions([], {})).toEqual({
      port: 4320,
      script: false,
      serve: true,
      server: 'http://127.0.0.1:4318',
      openAi: null,
      wordsPerSecond: 60,
    });
  });

  it('takes the flags, and POWERRAG_BASE_URL where --server is not given', () => {
    const env = { POWERRAG_BASE_URL: 'http://127.0.0.1:5000/' };
    expect(readOptions(['--script', '--port', '0'], env)).toMatchObject({
      port: 0,
      script: true,
      serve: true,
      server: 'http://127.0.0.1:5000',
    });
    expect(readOptions(['--server', 'http://127.0.0.1:6000'], env).server).toBe('http://127.0.0.1:6000');
  });

  it('ends after the script unless a port is given', () => {
    expect(readOptions(['--script'], {}).serve).toBe(false);
  });

  it('asks a language model where one is named', () => {
    const env = { OPENAI_MODEL: 'small', OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' };
    expect(readOptions([], env).openAi).toEqual({ baseUrl: 'http://127.0.0.1:11434/v1', model: 'small' });
    const priced = { OPENAI_MODEL: 'm', OPENAI_API_KEY: 'k', OPENAI_INPUT_PRICE: '0.5', OPENAI_OUTPUT_PRICE: '2' };
    expect(readOptions([], priced).openAi).toEqual({
      baseUrl: 'https://api.openai.com/v1',
      model: 'm',
      apiKey: 'k',
      price: { input: 0.5, output: 2 },
    });
  });

  it.each([
    [['--port', 'http'], {}, '--port must be a number'],
    [['--port', '70000'], {}, '--port must be from 0 to 65535'],
    [['--server', 'nowhere'], {}, '--server must be a URL'],
    [[], { OPENAI_API_KEY: 'k' }, 'set OPENAI_MODEL'],
    [[], { OPENAI_MODEL: 'm', OPENAI_INPUT_PRICE: '1' }, 'OPENAI_OUTPUT_PRICE'],
    [[], { EXTRACTIVE_WORDS_PER_SECOND: '-1' }, 'EXTRACTIVE_WORDS_PER_SECOND must be'],
    [['--loud'], {}, '--loud'],
  ])('names what is wrong with %j %j', (args, env, message) => {
    expect(() => readOptions(args, env)).toThrow(message);
  });
});
