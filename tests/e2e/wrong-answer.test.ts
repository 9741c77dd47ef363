/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manyChats } from '../support/sessions/many-chats.js';
import { supportChat } from '../support/sessions/support-chat.js';
import { PROJECT_FOLDER } from './example-programs.js';
import { show } from './shown-session.js';

it('from "a wrong answer yesterday evening" to the wrong passage in the documents, by keyboard alone and without JSON', async () => {
  const { page, url, problems } = await show();
  const evening = new Date();
  evening.setDate(evening.getDate() - 1);
  evening.setHours(20, 12, 0, 0);
  for (const session of [supportChat(evening.getTime(), 'chat'), ...manyChats(Date.now())]) await session.send(url);
  await page.goto(url);
  await page.getByRole('link', { name: /cordless drill/ }).waitFor();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('yesterday evening');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('when')).toBe('yesterday-evening');
  await page.getByRole('link', { name: /cordless drill/ }).waitFor();
  // The row is reached by as many presses as there are rows above it.
  for (let rows = 0; rows < 12; rows += 1) {
    await page.keyboard.press('j');
    if ((await page.evaluate(() => document.activeElement?.getAttribute('data-session-id'))) === 'chat') break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /cordless drill/ }).waitFor();
  await page.locator('.sources-line').first().waitFor();

  await page.keyboard.press('d');
  const answer = page.getByRole('article', { name: /^Assistant/ }).first();
  const [first] = await answer.getByRole('listitem').all();
  const text = (await first?.textContent()) ?? '';
  expect(text).toContain('Returns (archived 2021)');
  expect(text).toContain('used in the answer');
  expect((await first?.locator('mark').allTextContents())?.join(' ')).toContain('returned within 60 days of delivery');
  // Again for the next answer that has documents.
  await page.keyboard.press('d');
  await page
    .getByRole('article', { name: /^Assistant/ })
    .nth(1)
    .getByText('Batteries and opened consumables can be returned within 60 days if the seal is unbroken.')
    .last()
    .waitFor();
  expect(problems).toEqual([]);
});

it('in what the Langfuse SDK for Python sent: from words of the conversation to the retrieved document in two clicks', async () => {
  const { page, url, problems } = await show();
  await sendRecording(url, 'langfuse-python-5-sdk');
  await page.goto(url);
  await page.getByRole('link', { name: /capital of France/ }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('weather retriever');
  await page.keyboard.press('Enter');
  await page.locator('.found-match', { hasText: 'What is the weather in Paris?' }).click();
  const answer = page.getByRole('article', { name: /^Assistant/ }).nth(1);
  await answer.getByRole('button', { name: '1 document' }).click();
  expect(await answer.getByRole('listitem').first().textContent()).toContain('fine');
  expect(problems).toEqual([]);
});

/** Stores what a real client sent, as one of the recordings of the server's own tests has it. */
async function sendRecording(url: string, name: string): Promise<void> {
  const file = join(PROJECT_FOLDER, `packages/server/src/testing/clients/${name}.jsonl`);
  const [head = '{}', ...spans] = (await readFile(file, 'utf8')).trim().split('\n');
  const scopeSpans = spans.map((line) => {
    const { scope, ...span } = JSON.parse(line);
    return { scope: { name: scope }, spans: [span] };
  });
  const request = { resourceSpans: [{ resource: { attributes: JSON.parse(head).service ?? [] }, scopeSpans }] };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: JSON.stringify(request) });
  expect(response.status).toBe(200);
}
