/// <reference lib="dom" />
import { expect, it } from 'vitest';
import { show, span } from './shown-session.js';

it('an error in JSON or as Python shows it is read as its sentence, and as it was sent behind a click', async () => {
  const { page, problems, record, url } = await show();
  const error = "Error code: 400 - {'error': {'message': 'The model exploded', 'param': None, 'code': 400}}";
  const failed = { 'langfuse.observation.level': 'ERROR', 'langfuse.observation.status_message': error };
  await record([
    span(1, { name: 'turn', attributes: { 'session.id': 'failed', 'langfuse.observation.input': 'Hi' }, to: 2_000 }),
    span(2, { name: 'ask', parent: 1, attributes: { 'langfuse.observation.type': 'generation', ...failed } }),
  ]);
  await page.goto(`${url}/sessions/failed`);
  const row = page.locator('.error-row');
  await row.getByText('Error code: 400 - The model exploded').waitFor();
  expect(await row.textContent()).not.toContain('param');
  await row.getByRole('button').click();
  const status = page.locator('.details-status');
  await status.getByText('Error code: 400 - The model exploded').waitFor();
  expect(await status.getByText(error).isVisible()).toBe(false);
  await status.getByText('As it was sent').click();
  await status.getByText(error).waitFor();
  expect(problems).toEqual([]);
});
