import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';

/** The files of the built page, by URL path. They are in memory, so no path can escape the folder. */
export type PageFiles = ReadonlyMap<string, PageFile>;

interface PageFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const INDEX = '/index.html';

/** Reads the built page, without source maps. Null if the folder has none. */
export function readPage(folder: string): PageFiles | null {
  if (!existsSync(join(folder, 'index.html'))) return null;
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(path)];
    if (!entry.isFile() || type === undefined) continue;
    const content = new Uint8Array(readFileSync(path));
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { content, type, etag });
  }
  return files;
}

/** Serves the page: its files by name, and `index.html` at the path of each view. */
export function createPageRoutes(page: PageFiles | null): Hono {
  const app = new Hono();
  if (page === null) {
    app.on('GET', VIEWS, (context) =>
      context.text('The page has not been built: run the build of packages/web, then that of packages/server.\n', 503),
    );
    return app;
  }
  // Answers 304 to a browser that has the file.
  app.use(etag());
  app.on('GET', VIEWS, (context) => send(context, page.get(INDEX)));
  app.get('*', (context, next) => {
    const file = page.get(context.req.path);
    return file === undefined ? next() : send(context, file);
  });
  return app;
}

/**
 * The page for an unknown address, which links to the sessions. Null if the page is not built, or if a program rather than a
 * browser sends the request.
 */
export function notFoundPage(context: Context, page: PageFiles | null): Response | null {
  const index = page?.get(INDEX);
  const isPerson = context.req.method === 'GET' && (context.req.header('accept') ?? '').includes('text/html');
  if (index === undefined || !isPerson || /^\/(?:api|v1)\//.test(context.req.path)) return null;
  return context.body(index.content, 404, { 'cache-control': 'no-cache', 'content-type': index.type });
}

const VIEWS = [
  '/',
  '/sessions',
  '/sessions/*',
  '/session',
  '/session/',
  '/overview',
  '/overview/',
  '/compare',
  '/compare/',
];

function send(context: Context, file: PageFile | undefined): Response {
  if (file === undefined) return context.notFound() as Response;
  // Vite puts a hash of the content into the names in assets/.
  const isImmutable = context.req.path.startsWith('/assets/');
  return context.body(file.content, 200, {
    'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-type': file.type,
    etag: file.etag,
  });
}
