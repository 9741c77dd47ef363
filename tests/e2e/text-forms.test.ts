/// <reference lib="dom" />
import { expect, it } from 'vitest';
import { said, show, span } from './shown-session.js';

async function answered(answer: string, asked = 'Show me.') {
  const { page, problems, record, url } = await show();
  await record([span(1, { name: 'work', attributes: said('forms', asked, answer) })]);
  await page.goto(`${url}/sessions/forms`);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  const answerOf = conversation.getByRole('article', { name: /^Assistant/ });
  await answerOf.waitFor();
  return { page, problems, conversation, answer: answerOf };
}

it('line breaks, tags and LaTeX are shown as they were written', async () => {
  const text = 'first line\nsecond line\n\nAs \\(x^2+y^2\\) and \\[ F = ma \\], $\\,y_j$.\n\n<plan>\none\ntwo\n</plan>';
  const { answer, problems } = await answered(text);
  // What a reader sees, line by line; `textContent` knows no lines.
  // biome-ignore lint/performance/useDomNodeTextContent: the layout is what is tested
  const seen = await answer.locator('.markdown').innerText();
  expect(seen.split('\n').filter((line) => line !== '')).toEqual(text.split('\n').filter((line) => line !== ''));
  expect(problems).toEqual([]);
});

it('a wide table scrolls, and no word of it is broken', async () => {
  const head = ['Plan', 'Seats', 'Storage', 'Support', 'Region', 'Availability', 'Contract', 'Retention', 'Notes'];
  const row = [
    'Basic',
    '5',
    '1 TB',
    'e-mail, chat, telephone',
    'eu-central-1',
    '99.9 %',
    'month by month',
    'thirty days after the end',
    'A remark.',
  ];
  const table = [head, head.map(() => '-'), row].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const { answer, problems } = await answered(table);
  const area = answer.getByRole('group', { name: 'Table' });
  expect(await area.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
  const heights = await answer.locator('th, td').evaluateAll((cells) => cells.map((cell) => cell.clientHeight));
  expect(new Set(heights).size).toBe(1);
  await answer.getByText('A remark.').scrollIntoViewIfNeeded();
  expect(problems).toEqual([]);
});

it('an answer that is JSON is a tree, with every value as it was sent', async () => {
  const value = {
    verdict: { ok: true, score: 0.94 },
    items: ['one', 'two\nlines'],
    nothing: null,
    many: Array(300).fill(7),
  };
  const { answer, problems } = await answered(JSON.stringify(value));
  const tree = answer.locator('.json-tree');
  await tree.getByRole('button', { name: /verdict/ }).waitFor();
  expect(await tree.textContent()).toContain('score: 0.94');
  expect(await answer.locator('.markdown').count()).toBe(0);
  await tree.getByRole('button', { name: /verdict/ }).click();
  expect(await tree.textContent()).not.toContain('score: 0.94');
  await tree.getByRole('button', { name: /many/ }).click();
  await answer.getByRole('searchbox').fill('0.9');
  await answer.getByText('1 of 1').waitFor();
  expect(await tree.locator('[data-found]').textContent()).toBe('score: 0.94');
  await answer.getByRole('searchbox').fill('');
  // One key from the tree to the text.
  await answer.getByRole('group', { name: 'Value' }).press('r');
  const text = (await answer.locator('.whole-text').textContent()) ?? '';
  expect(JSON.parse(text)).toEqual(value);
  expect(problems).toEqual([]);
});

it('text from right to left is laid out from right to left, block by block', async () => {
  const { page, conversation, answer, problems } = await answered(
    'الضمان سنتان.\n\n1. تحقق من الفاتورة.\n2. اتصل بنا.\n\nThank you.',
    'ما مدة الضمان؟',
  );
  const sides = await answer.locator('p, ol').evaluateAll((blocks) =>
    blocks.map((block) => {
      const { direction, textAlign } = getComputedStyle(block);
      return `${direction} ${textAlign}`;
    }),
  );
  expect(sides).toEqual(['rtl start', 'rtl start', 'ltr start']);
  // The numbers of a list stand within the message, on its right.
  const [list, first] = [await answer.locator('ol').boundingBox(), await answer.locator('li').first().boundingBox()];
  expect((first?.x ?? 0) + (first?.width ?? 0)).toBeLessThan((list?.x ?? 0) + (list?.width ?? 0) - 10);
  const question = conversation.getByText('ما مدة الضمان؟');
  expect(await question.first().evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
  await page.getByRole('treeitem').first().waitFor();
  expect(problems).toEqual([]);
});

it('hidden characters are marked and turn nothing around, in the list, the tree and the conversation', async () => {
  const { page, problems, record, url } = await show();
  const id = 'access \u202edetnarg';
  const attributes = { ...said(id, 'pay\u200bpal?', 'is \u202edeined\u202c now'), 'user.id': 'שרה' };
  await record([span(1, { name: 'tool \u202eeman', attributes })]);
  const link = page.getByRole('table', { name: 'Sessions' }).locator('tbody a').first();
  await expect
    .poll(async () => {
      await page.goto(`${url}/sessions`);
      await link.waitFor();
      return page.locator('.sessions-labels .id').count();
    })
    .toBe(1);
  // The session is called by its first question, and its id stands below.
  await expect.poll(() => link.locator('.hidden-character').getAttribute('data-name')).toBe('ZWSP');
  const ownId = page.locator('.sessions-labels .id');
  expect(await ownId.locator('.hidden-character').getAttribute('data-name')).toBe('RLO');
  expect(await ownId.textContent()).toBe(id);
  expect(await ownId.getAttribute('title')).toBe('access [RLO]detnarg');
  await link.click();
  const marks = (place: string) =>
    page
      .locator(`${place} .hidden-character`)
      .evaluateAll((found) => found.map((mark) => mark.getAttribute('data-name')));
  await page.getByRole('article').first().waitFor();
  expect(await marks('.message[data-role="user"]')).toEqual(['ZWSP']);
  expect(await marks('.message[data-role="assistant"] .markdown')).toEqual(['RLO', 'PDF']);
  expect(await marks('.tree-item[data-kind="observation"]')).toEqual(['RLO']);
  // Letters after the override are painted from left to right: each starts to the right of the one before.
  const lefts = await page.locator('.tree-item[data-kind="observation"] .tree-label').evaluate((label) => {
    const text = label.lastChild;
    return [0, 1, 2, 3].map((at) => {
      const range = document.createRange();
      if (text) range.setStart(text, at);
      if (text) range.setEnd(text, at + 1);
      return range.getBoundingClientRect().left;
    });
  });
  expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
  expect(new Set(lefts).size).toBe(4);
  expect(problems).toEqual([]);
});

it('names, reasons and metadata of 5 MB open, and only their beginning is laid out', async () => {
  const { page, problems, record, url } = await show();
  const long = 'word '.repeat(1_000_000);
  const metadata = JSON.stringify({ note: long.slice(0, 4_000_000), ...Object.fromEntries(Array(2_000).entries()) });
  await record([span(1, { name: long, attributes: { ...said('long names', 'Why?', 'So.'), 'user.id': long } })]);
  await record([
    span(2, {
      parent: 1,
      name: 'fails',
      attributes: { 'langfuse.observation.level': 'ERROR', 'langfuse.observation.status_message': long },
    }),
  ]);
  await record([span(3, { parent: 1, name: 'holds', attributes: { 'langfuse.observation.metadata': metadata } })]);
  const messages = JSON.stringify([{ role: 'assistant', name: long, content: 'said by a long name' }]);
  await record([span(4, { parent: 1, name: 'speaks', attributes: { 'langfuse.observation.output': messages } })]);
  await page.goto(`${url}/sessions/long%20names`);
  const details = page.getByRole('region', { name: 'Observation' });
  for (const name of ['fails', 'holds', 'speaks']) {
    await page.getByRole('treeitem', { name: new RegExp(`^${name}`) }).click();
    await details.getByRole('heading', { name, exact: true }).waitFor();
    await details.getByRole('heading', { name: 'Timing and origin' }).waitFor();
    expect((await page.locator('body').textContent())?.length).toBeLessThan(60_000);
  }
  expect(problems).toEqual([]);
});
