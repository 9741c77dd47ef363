import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';
import { type PageFiles, readPage } from './page.js';

const INDEX = '<!doctype html><title>PowerRAG</title>';

let root: string;
let page: PageFiles | null;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'powerrag-page-'));
  writeFileSync(join(root, 'secret.txt'), 'outside of the page');
  const folder = join(root, 'page');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), INDEX);
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets', 'index-1a2b3c.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'index-1a2b3c.js.map'), '{"sources":[]}');
  writeFileSync(join(folder, 'assets', 'index-1a2b3c.css'), 'body{}');
  writeFileSync(join(folder, 'assets', '.env'), 'KEY=1');
  page = readPage(folder);
});
afterAll(() => rmSync(root, { recursive: true }));

async function get(path: string, headers: Record<string, string> = {}, files = page): Promise<Response> {
  const store = memoryStore();
  const log = { info: () => {}, error: () => {} };
  const app = appOver(store, { log, page: files });
  return app.request(`http://127.0.0.1${path}`, { headers });
}

describe('serving the page', () => {
  it.each([
    '/',
    '/sessions',
    '/sessions/chat-1',
    '/sessions/a%2Fb%20c',
    '/sessions/2026/11/28',
    '/sessions/%zz',
    '/sessions/chat-1?trace=ab&t=5',
    '/session?id=a%2Fb',
    '/overview?when=week',
    '/compare?a=chat-1&b=a%2Fb',
  ])('answers %s with the page itself', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe(INDEX);
  });

  it('answers an unknown address with a page for a person and with JSON for a program', async () => {
    const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    for (const path of ['/nope', '/session/s/t', '/%zz']) {
      const shown = await get(path, html);
      expect([path, shown.status, await shown.text()]).toEqual([path, 404, INDEX]);
      expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await (await get(path)).json()).toMatchObject({ message: expect.stringContaining('There is no GET') });
    }
    expect((await get('/api/nope', html)).headers.get('content-type')).toContain('application/json');
    expect((await get('/v1/nope', html)).headers.get('content-type')).toContain('application/json');
  });

  it.each([
    ['/favicon.svg', 'image/svg+xml'],
    ['/assets/index-1a2b3c.js', 'text/javascript; charset=utf-8'],
    ['/assets/index-1a2b3c.css', 'text/css; charset=utf-8'],
  ])('answers %s as %s', async (path, type) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
  });

  it('lets a browser cache files that are named by their content, and revalidate the others', async () => {
    const cacheOf = async (path: string) => (await get(path)).headers.get('cache-control');
    expect(await cacheOf('/assets/index-1a2b3c.js')).toBe('public, max-age=31536000, immutable');
    expect(await cacheOf('/')).toBe('no-cache');
    expect(await cacheOf('/sessions/chat-1')).toBe('no-cache');
    expect(await cacheOf('/favicon.svg')).toBe('no-cache');
  });

  it('does not send a file that the browser already has', async () => {
    const etag = (await get('/')).headers.get('etag') ?? '';
    const again = await get('/', { 'if-none-match': etag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect((await get('/', { 'if-none-match': '"another"' })).status).toBe(200);
    // A client may send several tags, and a compressed answer has a weak one.
    expect((await get('/', { 'if-none-match': `"another", W/${etag}` })).status).toBe(304);
    const packed = (await get('/', { 'accept-encoding': 'gzip' })).headers;
    expect(packed.get('content-encoding')).toBe('gzip');
    expect(packed.get('etag')).toBe(`W/${etag}`);
    expect(again.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
  });

  it.each(['/', '/sessions/chat-1', '/assets/index-1a2b3c.js'])(
    'does not let %s run foreign scripts, reach other hosts or appear in a frame',
    async (path) => {
      const { headers } = await get(path);
      const policy = new Map(
        (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
          const [name = '', ...sources] = directive.split(' ');
          return [name, sources.join(' ')];
        }),
      );
      expect(policy.get('default-src')).toBe("'none'");
      expect(policy.get('script-src')).toBe("'self'");
      expect(policy.get('connect-src')).toBe("'self'");
      // Audio and video of a trace are served by this server.
      expect(policy.get('media-src')).toBe("'self'");
      expect(policy.get('frame-ancestors')).toBe("'none'");
      expect([...policy.values()].join(' ')).not.toMatch(/unsafe|\*|https?:/);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers.has('access-control-allow-origin')).toBe(false);
    },
  );

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/....//secret.txt',
    '//secret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/..%c0%af..%c0%afsecret.txt',
    '/assets/index-1a2b3c.js%00.txt',
    '/assets/',
    '/assets/.env',
    '/assets/index-1a2b3c.js.map',
    '/assets/missing.js',
    '/constructor',
    '/__proto__',
    '/%',
  ])('has nothing at %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toMatch(/outside of the page|KEY=1|sources/);
  });

  it('says what to build when there is no page', async () => {
    expect(readPage(join(root, 'nowhere'))).toBeNull();
    const response = await get('/', {}, null);
    expect(response.status).toBe(503);
    expect(await response.text()).toMatch(/build of packages\/web/);
  });
});
