import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '@powerrag/exporter';
import { startServer } from '@powerrag/server';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const folder = mkdtempSync(join(tmpdir(), 'powerrag-'));

const server = await startServer({ port: 0, database: join(folder, 'traces.db') });
const tracing = register({ baseUrl: server.url });

observe(() => updateActiveTrace({ sessionId: 'greetings' }), { name: 'greet' })();
await tracing.forceFlush();

const response = await fetch(`${server.url}/api/v1/sessions`);
const { data } = (await response.json()) as { data: { id: string; traceCount: number }[] };
console.log(data.map(({ id, traceCount }) => `${id}: ${traceCount}`));

await tracing.shutdown();
await server.close();
