/**
 * In the place of Lambda's Node.js runtime: asks the Runtime API at AWS_LAMBDA_RUNTIME_API for events, one at a time, and calls the
 * handler that _HANDLER names (`/path/to/module.js#export`) with each.
 */
import http from 'node:http';
import { text } from 'node:stream/consumers';

const [file, name] = (process.env._HANDLER ?? '').split('#');
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
// As Lambda's: a connection of its own, so that a handler's `fetch` is another.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, url, body) {
  return new Promise((resolve, reject) => {
    http
      .request(url, { method, agent }, async (response) =>
        resolve({ headers: response.headers, body: await text(response) }),
      )
      .on('error', reject)
      .end(body);
  });
}

const { [name]: handler } = await import(file);
for (;;) {
  const { headers, body } = await call('GET', `${api}/next`);
  const awsRequestId = headers['lambda-runtime-aws-request-id'];
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = { awsRequestId, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    const result = await handler(JSON.parse(body), context);
    await call('POST', `${api}/${awsRequestId}/response`, JSON.stringify(result));
  } catch (error) {
    await call(
      'POST',
      `${api}/${awsRequestId}/error`,
      JSON.stringify({ errorMessage: error.message, errorType: error.name }),
    );
  }
}
