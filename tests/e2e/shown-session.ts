import type { Browser, Page } from 'playwright-core';
import { afterAll, expect, onTestFinished } from 'vitest';
import { type SentSpan, toOtlpJson } from '../support/otlp.js';
import { startServer } from '../support/server-process.js';
import { launchChromium } from './chromium.js';
import { openWatchedPage } from './watched-page.js';

/** A server of a test's own, and a page that has not opened anything yet. */
export interface Shown {
  readonly url: string;
  readonly page: Page;
  readonly problems: readonly string[];
  /** Stores spans, and fails the test when the server refuses them. */
  record(spans: readonly SentSpan[]): Promise<void>;
}

/** One browser for the tests of a file: each page has a context of its own. */
let browser: Promise<Browser> | undefined;
afterAll(async () => (await browser)?.close());

/** Starts a server and opens a page for one test; both end with it. */
export async function show(): Promise<Shown> {
  const server = await startServer();
  onTestFinished(() => server.stop());
  browser ??= launchChromium();
  const { page, problems, close } = await openWatchedPage(await browser, [server.url], { colorScheme: 'light' });
  onTestFinished(close);
  return {
    url: server.url,
    page,
    problems,
    async record(spans) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${server.url}/v1/traces`, { method: 'POST', headers, body: toOtlpJson(spans) });
      expect(response.status).toBe(200);
    },
  };
}

/** An hour ago: of a session this old the page does not ask again by itself. */
const START_MS = Date.now() - 3_600_000;

/** A span for a test: say what matters. Times are milliseconds from an hour ago; the trace is the first, the parent none. */
export function span(
  id: number,
  part: {
    readonly trace?: number;
    readonly parent?: number;
    readonly name?: string;
    readonly from?: number;
    readonly to?: number;
    readonly attributes?: Readonly<Record<string, string>>;
  } = {},
): SentSpan {
  const { trace = 1, parent, name = `span ${id}`, from = 0, to = from + 1_000, attributes = {} } = part;
  return {
    traceId: `${trace}`.padStart(32, '0'),
    spanId: `${id}`.padStart(16, '0'),
    ...(parent !== undefined && { parentSpanId: `${parent}`.padStart(16, '0') }),
    name,
    startUnixNano: BigInt(START_MS + from) * 1_000_000n,
    endUnixNano: BigInt(START_MS + to) * 1_000_000n,
    attributes,
  };
}

/** The attributes of a root that was asked and answered. */
export function said(sessionId: string, asked: string, answered: string): Record<string, string> {
  return {
    'session.id': sessionId,
    'langfuse.observation.type': 'agent',
    'langfuse.observation.input': asked,
    'langfuse.observation.output': answered,
  };
}
