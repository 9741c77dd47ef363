import { describe, expect, it } from 'vitest';
import { failureReason } from './failure-reason.js';

const error = { message: 'The model exploded', type: 'invalid_request_error', code: 400 };
const said = 'The model exploded';
const repr =
  "{'error': {'message': 'The model exploded', 'type': 'invalid_request_error', 'param': None, 'code': 400}}";

describe('what an error says in words', () => {
  it.each([
    ["OpenAI's answer", JSON.stringify({ error }), said],
    ['an answer on several lines', JSON.stringify({ error }, null, 2), said],
    ["Anthropic's answer", JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: said } }), said],
    ["AWS's answer", JSON.stringify({ __type: 'Throttling', Message: said }), said],
    ["OAuth's answer", JSON.stringify({ error: 'invalid_grant', error_description: said }), said],
    ["FastAPI's answer", JSON.stringify({ detail: [{ loc: ['body', 'city'], msg: said, type: 'missing' }] }), said],
    ['problem details', JSON.stringify({ type: 'about:blank', title: 'Bad Request', status: 400, detail: said }), said],
    ['a code alone', JSON.stringify({ error: 'rate_limited' }), 'rate_limited'],
    ['a list of errors', JSON.stringify([{ error }]), said],
    ['what Python shows of one', repr, said],
    ['a quote in it', `{'error': {'message': "It can't be", 'code': None}}`, "It can't be"],
    ['JSON within JSON', JSON.stringify({ error: { message: JSON.stringify({ error }) } }), said],
    ['a text as JSON', JSON.stringify(said), said],
    [
      'a stack trace as JSON',
      JSON.stringify(`Error: ${said}\n    at call (a.js:1:2)`),
      `Error: ${said}\n    at call (a.js:1:2)`,
    ],
    ['an error with its stack', JSON.stringify({ name: 'Error', message: said, stack: 'Error: …' }), said],
    ['an error that has a stack only', JSON.stringify({ stack: `Error: ${said}\n  at a` }), `Error: ${said}\n  at a`],
    ["OpenAI's client for Python", `Error code: 400 - ${repr}`, `Error code: 400 - ${said}`],
    ['its class before it', `BadRequestError: Error code: 400 - ${repr}`, `BadRequestError: Error code: 400 - ${said}`],
    [
      'its class around it',
      `BadRequestError("Error code: 400 - ${repr}")`,
      `BadRequestError("Error code: 400 - ${said}")`,
    ],
    ["Google's client", `ClientError: 400 None. ${repr}`, `ClientError: 400 None. ${said}`],
    ["Anthropic's client for JavaScript", `400 ${JSON.stringify({ type: 'error', error })}`, `400 ${said}`],
    [
      "LiteLLM's",
      `litellm.BadRequestError: OpenAIException - ${JSON.stringify({ error })}`,
      `litellm.BadRequestError: OpenAIException - ${said}`,
    ],
    ['bytes of Python', `HTTP 400: b'${JSON.stringify({ error })}'`, `HTTP 400: ${said}`],
    [
      'brackets before it',
      `[400 Bad Request] failed: ${JSON.stringify({ error })}`,
      `[400 Bad Request] failed: ${said}`,
    ],
    [
      'a traceback of Python before it',
      `Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g({'a': 1})\nE: 400 - ${repr}`,
      `E: 400 - ${said}`,
    ],
    [
      'a stack trace of JavaScript behind it',
      `Error: 400 ${JSON.stringify({ error })}\n    at a (b.js:1:2)`,
      `Error: 400 ${said}`,
    ],
    [
      'a traceback right behind it',
      `E('400 - ${repr.replaceAll("'", '"').replace('None', 'null')}')Traceback (most recent call last):\n`,
      `E('400 - ${said}')Traceback (most recent call last):`,
    ],
    ['what was cut off behind the message', `Error code: 400 - ${repr.slice(0, 50)}`, `Error code: 400 - ${said}`],
    ['a message that stands before it as well', `${said}: ${JSON.stringify({ error })}`, said],
  ])('is read from %s', (_, text, reason) => {
    expect(failureReason(text)).toBe(reason);
  });

  it.each([
    'The model exploded',
    'Error: 400 The model exploded',
    '{"temperature": 21}',
    '{"error": true, "code": 5}',
    '["a", "b"]',
    "KeyError: 'city'",
    'expected one of {a, b}',
    'unexpected token } in JSON',
    '{"error": {"mess',
    '',
  ])('is the text itself, or is not known: %s', (text) => {
    expect(failureReason(text)).toBeNull();
  });

  it('of a text that only looks like one is looked for in little time', () => {
    for (const text of ['{'.repeat(100_000), "{'".repeat(50_000), '["'.repeat(50_000), '{"error":'.repeat(20_000)]) {
      expect(failureReason(text)).toBeNull();
    }
  });
});
