import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a function answered, or the error that it reported. */
type Outcome = { readonly result: unknown } | { readonly error: unknown };

/**
 * The AWS Lambda Runtime API, version 2018-06-01, for one function: `GET …/invocation/next`, `POST …/invocation/{id}/response`
 * and `…/error`. As Lambda does, it stops the function's process when it asks for the next event and no event is waiting, and lets it
 * run again when there is.
 */
export interface LambdaRuntimeApi {
  /** For `AWS_LAMBDA_RUNTIME_API`. */
  readonly host: string;
  /** Runs one invocation, from the thaw to the next freeze. */
  invoke(event: unknown): Promise<Outcome>;
  close(): Promise<void>;
}

/** @param runtime gives the process of the function once it has asked for its first event. */
export async function startLambdaRuntimeApi(runtime: () => ChildProcess): Promise<LambdaRuntimeApi> {
  let waiting: ServerResponse | undefined;
  let onFrozen: (() => void) | undefined;
  let outcome: Outcome | undefined;
  let count = 0;

  const server = createServer(async (request, response) => {
    if (request.url === '/2018-06-01/runtime/invocation/next') {
      waiting = response;
      if (onFrozen) {
        runtime().kill('SIGSTOP');
        onFrozen();
      }
      return;
    }
    const body = JSON.parse(await text(request));
    outcome = request.url?.endsWith('/error') ? { error: body } : { result: body };
    response.writeHead(202).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const asksForMore = (): Promise<void> =>
    new Promise((resolve) => {
      onFrozen = resolve;
    });

  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async invoke(event) {
      if (!waiting) await asksForMore();
      const frozen = asksForMore();
      count += 1;
      const headers = {
        'Lambda-Runtime-Aws-Request-Id': `request-${count}`,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + 30_000),
        'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:eu-west-1:000000000000:function:librarian',
      };
      waiting?.writeHead(200, headers).end(JSON.stringify(event));
      runtime().kill('SIGCONT');
      await frozen;
      if (outcome === undefined) throw new Error('the function asked for more without an answer');
      const answered = outcome;
      outcome = undefined;
      return answered;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
