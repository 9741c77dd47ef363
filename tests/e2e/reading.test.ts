/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { agentRun } from '../support/sessions/agent-run.js';
import { supportChat } from '../support/sessions/support-chat.js';
import { show } from './shown-session.js';
import { axeViolations } from './watched-page.js';

const START_MS = Date.UTC(2026, 10, 27, 20, 12);

async function openChat() {
  const shown = await show();
  await supportChat(START_MS, 'chat').send(shown.url);
  await shown.page.goto(`${shown.url}/sessions/chat`);
  const conversation = shown.page.getByRole('region', { name: 'Conversation' });
  await conversation.getByRole('article').first().waitFor();
  return { ...shown, conversation, details: shown.page.getByRole('region', { name: 'Observation' }) };
}

async function openRun() {
  const shown = await show();
  await agentRun(START_MS, 'run').send(shown.url);
  await shown.page.goto(`${shown.url}/sessions/run`);
  const conversation = shown.page.getByRole('region', { name: 'Conversation' });
  await conversation.getByText('I will look at how totals are rounded first.').waitFor();
  return { ...shown, conversation, details: shown.page.getByRole('region', { name: 'Observation' }) };
}

const playheadOf = (page: Page) => page.getByRole('slider', { name: 'Playhead' }).getAttribute('aria-valuetext');

describe('a support chat', () => {
  it('is called by its first question, and its turns stand beside it by their first words', async () => {
    const { page, conversation, problems } = await openChat();
    await page.getByRole('heading', { level: 1, name: /^Hi! I ordered a cordless drill/ }).waitFor();
    const rail = page.getByRole('group', { name: 'Turns' });
    expect(await rail.getByRole('button').count()).toBe(12);
    await rail.getByRole('button', { name: /Great, put one in my basket/ }).click();
    await conversation.getByText('is in your basket').first().waitFor();
    await rail.locator('[aria-current]').filter({ hasText: 'Great, put one in my basket' }).waitFor();
    // Reading on moves the mark.
    await conversation.getByText('What does the warranty cover?').first().scrollIntoViewIfNeeded();
    await rail
      .locator('[aria-current]')
      .filter({ hasText: /warranty|compare/ })
      .waitFor();
    expect(problems).toEqual([]);
  });

  it('marks the passages that an answer used, in the answer and in what was found', async () => {
    const { conversation, problems } = await openChat();
    const answer = conversation.getByRole('article', { name: /^Assistant/ }).first();
    const passage = 'every item can be returned within 60 days of delivery, no questions asked.';
    await answer.locator('mark').first().waitFor();
    const marked = (await answer.locator('mark').allTextContents()).join(' ');
    expect(marked).toContain(passage.slice(0, -1));
    await answer.getByRole('button', { name: /3 documents found, used: Returns \(archived 2021\)/ }).click();
    const [first] = await answer.getByRole('listitem').all();
    expect(await first?.textContent()).toContain('Returns (archived 2021)');
    expect(await first?.textContent()).toContain('0.91');
    expect((await first?.locator('mark').allTextContents())?.join(' ').toLowerCase()).toContain(passage.slice(0, -1));
    expect(problems).toEqual([]);
  });

  it('says under an answer which model gave it, and what it took', async () => {
    const { conversation, problems } = await openChat();
    const text = await conversation
      .getByRole('article', { name: /^Assistant/ })
      .first()
      .textContent();
    expect(text).toContain('gpt-4.1-mini');
    expect(text).toMatch(/480 → 56 tokens\$0\.0002\d\.\d\d sfirst token 340 ms/);
    expect(problems).toEqual([]);
  });

  it('shows code in colours, and what a call saw that the one before had not', async () => {
    const { page, conversation, details, problems } = await openChat();
    const code = conversation.locator('.code-block').first();
    await code.locator('[data-code="keyword"]', { hasText: 'import' }).first().waitFor();
    expect(await code.locator('pre').textContent()).toContain('return answer.json()  # {"status": "in_transit", ...}');
    await page
      .getByRole('group', { name: 'Turns' })
      .getByRole('button', { name: /Where is my order/ })
      .click();
    const turn = conversation.getByRole('article').filter({ hasText: 'left the warehouse on Tuesday' });
    await turn.getByRole('button', { name: 'gpt-4.1-mini' }).click();
    await details.getByText('2 new messages, 6 as in').waitFor();
    // The call and its result are one line.
    const message = details.getByRole('listitem').filter({ hasText: 'lookup_order' });
    expect(await message.count()).toBe(1);
    expect(await message.textContent()).toContain('{"order":"20931"} → {"order":"20931","status":"in_transit"');
    await details.getByRole('button', { name: 'Show 6 messages that it had seen' }).click();
    await details.getByText('And the batteries?').waitFor();
    expect(problems).toEqual([]);
  });

  it('has its findings on top, each of which leads to where it can be seen', async () => {
    const { page, details, problems } = await openChat();
    const findings = page.getByRole('region', { name: 'Findings' });
    await findings.getByRole('button', { name: 'search_documents found nothing' }).waitFor();
    await findings.getByRole('button', { name: 'The user asked again in turn 8' }).waitFor();
    await findings.getByRole('button', { name: 'lookup_order failed 2 times, then worked' }).click();
    await details.getByText('HTTP 503 from orders.internal').waitFor();
    expect(await playheadOf(page)).toMatch(/^0:54\.\d of 19:/);
    expect(problems).toEqual([]);
  });

  it('shows a streamed answer as far as it had come, and at once to who asked for reduced motion', async () => {
    const { page, url, conversation, problems } = await openChat();
    // Of the first answer, whose words came from 0:00.74 to 0:02.19.
    await page.goto(`${url}/sessions/chat?t=1400`);
    const answer = conversation.getByRole('article', { name: /^Assistant/ }).first();
    await answer.getByText('streaming the answer…').waitFor();
    await answer.getByText('60 days', { exact: true }).waitFor();
    expect(await answer.textContent()).not.toContain('came with your order');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await answer.getByText('60 days', { exact: true }).waitFor({ state: 'detached' });
    await page.keyboard.press('End');
    await answer.getByText('came with your order').waitFor();
    expect(problems).toEqual([]);
  });

  it('does not tell the end while it is replayed', async () => {
    const { page, conversation, problems } = await openChat();
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await conversation.getByText('not yet').first().waitFor();
    const text = await conversation.textContent();
    expect(text).toContain('How long do I have to send it back?');
    expect(text).not.toContain('And the batteries?');
    expect(text).not.toContain('failed 2 times');
    expect(text).not.toContain('lookup_order');
    await page.keyboard.press('End');
    await conversation.getByText('And the batteries?').first().waitFor();
    expect(problems).toEqual([]);
  });
});

describe('the run of an agent', () => {
  it('opens step by step: what the model said, the tools that it asked for, and what they gave', async () => {
    const { page, url, conversation, problems } = await openRun();
    await conversation.getByText('billing/rounding.py:12: round_half_up(...)').waitFor();
    await conversation.getByText('4 at the same time').scrollIntoViewIfNeeded();
    const agent = conversation.locator('.step-row', { hasText: 'research-tax-rules' });
    await agent.first().waitFor();
    await agent.first().scrollIntoViewIfNeeded();
    expect(await agent.first().textContent()).toMatch(/54 steps.*4 errors/);
    await agent.first().getByText('Only the total is rounded').waitFor();
    expect(await conversation.getByText('Step 1: I check the next source.').count()).toBe(0);
    await agent.first().getByRole('button', { name: 'Steps inside' }).click();
    await conversation.getByText('Step 1: I check the next source.').waitFor();
    // A link into the run opens at the step that was running, and what came after it has no name yet.
    await page.goto(`${url}/sessions/run?t=75500`);
    const current = conversation.locator('.step-row[aria-current]');
    await current.getByText('research-tax-rules').waitFor();
    await current.getByText('running').waitFor();
    expect(await conversation.textContent()).not.toContain('review-change');
    expect(problems).toEqual([]);
  });

  it('shows the attempts at a call as one step, where they happened, with a stack trace as such', async () => {
    const { page, conversation, details, problems } = await openRun();
    await page.getByRole('region', { name: 'Findings' }).getByRole('button', { name: 'run failed 3 times' }).click();
    const step = conversation.locator('.step-row[data-selected]');
    const attempts = step.getByRole('list', { name: 'Attempts' }).getByRole('button');
    await attempts.first().waitFor();
    expect(await attempts.count()).toBe(3);
    await step.getByRole('group', { name: 'Stack trace' }).waitFor();
    await details.getByText("Command 'pytest -x tests/billing' returned non-zero exit status 1.").waitFor();
    expect(await page.getByRole('treeitem', { selected: true }).textContent()).toMatch(/^run/);
    const before = await playheadOf(page);
    await attempts.nth(2).click();
    await expect.poll(() => playheadOf(page)).not.toBe(before);
    expect(problems).toEqual([]);
  });

  it('has one selection: what is chosen in the tree is shown among the steps, inside the agent that it is in', async () => {
    const { page, conversation, problems } = await openRun();
    const tree = page.getByRole('tree');
    await tree
      .getByRole('treeitem', { name: /^search_docs/ })
      .nth(3)
      .click();
    const step = conversation.locator('.step-row[data-selected]');
    await step.waitFor();
    await step.getByText('rounding rule 3').waitFor();
    await page.keyboard.press('e');
    await conversation.locator('.step-row[data-selected][data-failed]').waitFor();
    expect(problems).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('a chat and the run of an agent (%s)', (colorScheme) => {
  it.each([
    ['wide', { width: 1440, height: 900 }],
    ['narrow', { width: 390, height: 844 }],
  ])('are accessible on a %s screen', async (_, size) => {
    const { page, url, problems } = await show();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    await supportChat(START_MS, 'chat').send(url);
    await agentRun(START_MS, 'run').send(url);
    for (const id of ['chat', 'run']) {
      await page.goto(`${url}/sessions/${id}`);
      await page.getByRole('region', { name: 'Findings' }).getByRole('button').first().click();
      await page.getByRole('heading', { name: 'Timing and origin' }).waitFor();
      expect(await axeViolations(page), id).toEqual([]);
    }
    expect(problems).toEqual([]);
  });
});
