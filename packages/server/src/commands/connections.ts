import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server and the requests on them. Node's own `closeIdleConnections` keeps connections that have not sent a
 * whole request yet, even if they have sent nothing.
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

  /** Closes connections without a request in progress: its headers are incomplete, or its answer is sent. */
  closeIdle(): void {
    for (const [socket, requests] of this.#requests) if (requests.size === 0) socket.destroySoon();
  }

  /** Closes connections with a request whose body is incomplete. */
  closeUnsent(): void {
    for (const [socket, requests] of this.#requests) {
      if ([...requests].some((request) => !request.complete)) socket.destroy();
    }
  }
}
