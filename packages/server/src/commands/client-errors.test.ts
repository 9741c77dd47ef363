import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerClientErrors } from './client-errors.js';

/** What the server answers to these bytes on a connection of their own, and what it logged. */
async function sent(...texts: string[]): Promise<{ answers: string[]; lines: string[] }> {
  const lines: string[] = [];
  const server = createServer((_, response) => response.end('ok'));
  onTestFinished(() => void server.close());
  answerClientErrors(server, { info: () => {}, error: (line) => lines.push(line) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const answers: string[] = [];
  for (const text of texts) {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.write(text);
    await once(socket, 'close');
    answers.push(answer);
  }
  return { answers, lines };
}

describe('a client that speaks no HTTP/1.1', () => {
  it('is logged once where it speaks HTTP/2, with what to set', async () => {
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    const { answers, lines } = await sent(preface, preface);
    expect(lines).toEqual([expect.stringMatching(/^A client speaks HTTP\/2\. OTLP over gRPC is not taken/)]);
    expect(answers[0]).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it('is answered as Node answers it', async () => {
    const { answers, lines } = await sent('nonsense\r\n\r\n', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answers.map((answer) => answer.split('\r\n', 1)[0])).toEqual([
      'HTTP/1.1 400 Bad Request',
      'HTTP/1.1 431 Request Header Fields Too Large',
    ]);
    expect(lines).toEqual([]);
  });
});
