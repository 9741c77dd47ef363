import { Readable } from 'node:stream';
import '@powerrag/exporter/register';
import { observe } from '@powerrag/tracing';

// A web stream. So is the body of a response.
const greet = observe(() => ReadableStream.from(['Good ', 'morning.\n']), { name: 'greet' });
const respond = observe(async () => new Response('Good evening.\n', { status: 201 }), { name: 'respond' });

for await (const text of greet()) process.stdout.write(text);
const response = await respond();
console.log(response.status, await response.text());

// A Node stream is returned as the same object.
const readLines = observe(() => Readable.from(['first line\n', 'second line\n']), { name: 'read-lines' });

for await (const line of readLines()) process.stdout.write(line);
