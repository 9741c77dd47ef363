import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { listAnswer } from './list-answer.js';

function answering(head: object, items: readonly number[], make = (item: number): object => ({ item })) {
  const app = new Hono();
  app.onError((error, context) => context.json({ message: error.message }, 500));
  app.get('/', (context) => listAnswer(context, head, ['data', items], make));
  return app.request('/');
}

describe('an answer with a list', () => {
  it.each([
    [{ meta: { page: 1 } }, [1, 2, 3]],
    [{}, [1]],
    [{ name: 'a "b" {' }, []],
  ])('is the JSON object %j with the list %j', async (head, items) => {
    const response = await answering(head, items);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ ...head, data: items.map((item) => ({ item })) });
  });

  it('makes no more items than are read', async () => {
    let made = 0;
    const items = Array.from({ length: 1_000 }, (_, index) => index);
    const response = await answering({}, items, (item) => {
      made += 1;
      return { item };
    });
    const reader = response.body?.getReader();
    for (let count = 0; count < 5; count++) await reader?.read();
    await reader?.cancel();
    expect(made).toBeLessThan(10);
  });

  it('is an error with a status when not even its first item can be made', async () => {
    const response = await answering({}, [1, 2], () => {
      throw new Error('broken');
    });
    expect(response.status).toBe(500);
  });
});
