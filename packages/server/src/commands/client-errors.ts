import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../base/log.js';
import { NO_GRPC } from '../http/grpc.js';

/** How HTTP/2 begins, and with it gRPC. */
const HTTP2_PREFACE = 'PRI * HTTP/2.0';

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers a request that is not HTTP/1.1 like Node does, and logs once if it is HTTP/2, which is probably gRPC. */
export function answerClientErrors(server: Server, log: Log): void {
  let isSaid = false;
  server.on('clientError', (error: NodeJS.ErrnoException & { readonly rawPacket?: Uint8Array }, socket) => {
    const packet = Buffer.from(error.rawPacket ?? []).subarray(0, HTTP2_PREFACE.length);
    if (packet.toString('latin1') === HTTP2_PREFACE && !isSaid) {
      isSaid = true;
      log.error(`A client speaks HTTP/2. ${NO_GRPC}`);
    }
    if (!socket.writable || isAnswering(socket)) return void socket.destroy(error);
    const status = STATUS_LINES[error.code ?? ''] ?? '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  });
}

/** Whether the head of an answer has gone out: another would stand in the middle of its body. */
function isAnswering(socket: Duplex): boolean {
  const response: unknown = Reflect.get(socket, '_httpMessage');
  return typeof response === 'object' && response !== null && Reflect.get(response, 'headersSent') === true;
}
