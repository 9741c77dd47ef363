import { Agent, request } from 'node:http';
import { Body, shortText } from './body.mjs';

/**
 * `node send.mjs <url> <connections> <spans a batch> <seconds, or 0 for ever> [<short spans of a larger batch that is sent once a second>]` posts batches
 * as fast as they are acknowledged, and prints how many spans were: { spans, refused, large, seconds }, where `large`
 * counts the larger batches, which are not in `spans`.
 */
const [url, connections, spansPerBatch, seconds, largeBatch = 0] = process.argv
  .slice(2)
  .map((value, index) => (index === 0 ? value : Number(value)));
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const result = { spans: 0, refused: 0, large: 0, seconds: 0 };
const startedMs = performance.now();
let isOver = false;

async function send(sender) {
  const body = new Body(spansPerBatch, `flat-out-${sender}`);
  for (let batch = 0; !isOver; batch += 1) {
    const { status, retryAfterS } = await post(body.with(batch, sender));
    if (status === 200) result.spans += spansPerBatch;
    else {
      result.refused += 1;
      await new Promise((resolve) => setTimeout(resolve, retryAfterS * 1_000));
    }
  }
}

async function sendLarge() {
  const body = new Body(largeBatch, 'large-body', shortText);
  for (let batch = 0; !isOver; batch += 1) {
    const { status } = await post(body.with(batch, 1_000));
    if (status === 200) result.large += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function post(body) {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const sent = request(`${url}/v1/traces`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ status: response.statusCode, retryAfterS: Number(response.headers['retry-after'] ?? 1) }),
      );
    });
    sent.on('error', () => resolve({ status: 0, retryAfterS: 1 }));
    sent.end(body);
  });
}

const stop = () => {
  isOver = true;
};
process.on('SIGTERM', stop);
if (seconds > 0) setTimeout(stop, seconds * 1_000);
await Promise.all([
  ...Array.from({ length: connections }, (_, sender) => send(sender)),
  ...(largeBatch > 0 ? [sendLarge()] : []),
]);
result.seconds = (performance.now() - startedMs) / 1_000;
agent.destroy();
console.log(JSON.stringify(result));
