import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../support/wait-for.js';
import { launchChromium } from './chromium.js';

const SCRIPT = fileURLToPath(import.meta.resolve('@powerrag/tracing/feedback'));
const TRACE = 'a'.repeat(32);

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** An application whose page has a thumb. A click sends the feedback to `route` and leaves the page at once. */
async function serveApplication(route = '/api/feedback') {
  const posted: Posted[] = [];
  const methods: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === '/api/feedback') {
      methods.push(request.method);
      if (request.method === 'POST') posted.push({ headers: request.headers, body: await json(request) });
      response.writeHead(204).end();
    } else if (request.url === '/feedback.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(await readFile(SCRIPT));
    } else if (request.url === '/next') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Next</h1>');
    } else {
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'set-cookie': 'login=ada; HttpOnly; SameSite=Lax',
        })
        .end(`<button id="up">Up</button><button id="stay">Up, and stay</button><output></output><script type="module">
          import { sendFeedback } from '/feedback.js';
          const send = () => sendFeedback('${route}', { value: true, traceId: '${TRACE}', comment: 'Thanks ☀' });
          up.onclick = () => { send(); location = '/next'; };
          stay.onclick = async () => { document.querySelector('output').textContent = String(await send()); };
        </script>`);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posted, methods };
}

it('a thumb reaches the application though the person leaves the page at once, with the login and without a key', async () => {
  const application = await serveApplication();
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(application.url);
  await page.click('#up');
  await page.waitForURL('**/next');
  const { headers, body } = await waitFor(() => application.posted[0], { what: 'the feedback' });
  expect(body).toEqual({ id: `helpful-${TRACE}`, name: 'helpful', value: true, traceId: TRACE, comment: 'Thanks ☀' });
  expect(headers.cookie).toBe('login=ada');
  expect(headers.authorization).toBeUndefined();
});

it('a page of another origin cannot send feedback to an application that does not allow it, and is told so', async () => {
  const application = await serveApplication();
  const other = await serveApplication(`${application.url}/api/feedback`);
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(other.url);
  await page.click('#stay');
  await page.getByText('false', { exact: true }).waitFor();
  expect(application.methods).toEqual(['OPTIONS']);
});
