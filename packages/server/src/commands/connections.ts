import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server and the requests on them. Node's own `closeIdleConnections` leaves those open that have not sent
 * a whole request yet, also where they have sent nothing.
 */
export class Connections {
  readonly #requests = new Map<Socket, Set<IncomingMessage>>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#requests.set(socket, new Set());
      socket.once('close', () => this.#requests.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      this.#requests.get(socket)?.add(request);
      response.once('close', () => this.#requests.get(socket)?.delete(request));
    });
  }

  /** Closes those on which no request is being answered: its headers have not all come, or its answer has all gone. */
  closeIdle(): void {
    for (const [socket, requests] of this.#requests) if (requests.size === 0) socket.destroySoon();
  }

  /** Closes those on which a request still lacks a part of its body. */
  closeUnsent(): void {
    for (const [socket, requests] of this.#requests) {
      if ([...requests].some((request) => !request.complete)) socket.destroy();
    }
  }
}
