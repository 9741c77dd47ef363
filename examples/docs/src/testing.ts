import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { register } from '@powerrag/exporter';
import { observe, propagateAttributes } from '@powerrag/tracing';
import { observeInMemory } from '@powerrag/tracing/testing';

const registration = register();

const search = observe(async (query: string) => [`About ${query}`], { name: 'search', asType: 'retriever' });
const answer = observe(async (question: string) => (await search(question)).join(), { name: 'answer' });

const observed = observeInMemory();
afterEach(() => observed.clear());
after(() => observed.restore());

test('the answer is made from what was found', async () => {
  await propagateAttributes({ sessionId: 'chat-1', userId: 'ada' }, () => answer('Paris'));

  const found = observed.named('search');
  assert.equal(found.type, 'retriever');
  assert.equal(found.input, 'Paris');
  assert.deepEqual(found.output, ['About Paris']);
  assert.equal(found.parent?.name, 'answer');
  assert.equal(found.sessionId, 'chat-1');
  assert.equal(found.userId, 'ada');
});

test('every observation has ended', async () => {
  await answer('Rome');
  assert.deepEqual(observed.running, []);
});

after(async () => {
  // Outside of the test set-up: this goes to the server.
  await answer('Oslo');
  await registration.forceFlush();
});
