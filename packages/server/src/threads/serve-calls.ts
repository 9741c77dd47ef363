import { type MessagePort, parentPort } from 'node:worker_threads';
import type { Log } from '../base/log.js';
import { type CallMessage, type Calls, toErrorMessage, type WorkerMessage } from './messages.js';

/** The main thread, seen from a worker. */
export class MainThread {
  readonly #port: MessagePort;

  /** Throws in a thread that is not a worker. */
  constructor() {
    if (parentPort === null) throw new Error('this program runs as a worker only');
    this.#port = parentPort;
  }

  /** The server's log. */
  readonly log: Log = {
    info: (message) => this.#send({ kind: 'log', level: 'info', message, cause: null }),
    error: (message, cause) =>
      this.#send({
        ...{ kind: 'log', level: 'error', message },
        cause: cause === undefined ? null : cause instanceof Error ? cause.message : String(cause),
      }),
  };

  notice(value: unknown): void {
    this.#send({ kind: 'notice', value });
  }

  /**
   * Starts, says how that went, and answers calls from then on.
   *
   * @param start gives the functions that can be called. What it throws ends the worker.
   */
  async serve(start: () => Calls | Promise<Calls>): Promise<void> {
    let calls: Calls;
    try {
      calls = await start();
    } catch (error) {
      this.#send({ kind: 'failed', error: toErrorMessage(error) });
      this.#port.close();
      return;
    }
    this.#port.on('message', (message: CallMessage) => void this.#answer(calls, message));
    this.#send({ kind: 'ready' });
  }

  async #answer(calls: Calls, { id, name, args }: CallMessage): Promise<void> {
    try {
      const call = calls[name];
      if (call === undefined) throw new Error(`a worker has no function ${name}`);
      const value = await Reflect.apply(call, undefined, args);
      this.#send({ kind: 'result', id, value });
    } catch (error) {
      this.#send({ kind: 'error', id, error: toErrorMessage(error) });
    }
  }

  #send(message: WorkerMessage): void {
    this.#port.postMessage(message);
  }
}
