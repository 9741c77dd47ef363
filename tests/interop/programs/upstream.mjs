/**
 * A service that calls another: plays COUNT conversations at once, one turn each, and prints the session id of each with the
 * answer that it got, as one line of JSON. CLIENT is `http` or `fetch`. SET says when a turn names its session: `before` or
 * `after` the call, `scope` (propagateAttributes around it), `baggage` (the same, asBaggage).
 */
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { propagateAttributes, startActiveObservation, updateActiveTrace } from '@powerrag/tracing';

const { CLIENT, COUNT = '1', SESSION = 'conversation', SET, URL: url = '' } = process.env;

function get(address) {
  if (CLIENT === 'fetch') return fetch(address).then((response) => response.text());
  return new Promise((resolve, reject) => {
    http.get(address, (response) => resolve(text(response))).on('error', reject);
  });
}

const count = Number(COUNT);

async function turn(index) {
  const sessionId = count === 1 ? SESSION : `${SESSION}-${index}`;
  const scope = { sessionId, asBaggage: SET === 'baggage' };
  const inScope = (run) => (SET === 'scope' || SET === 'baggage' ? propagateAttributes(scope, run) : run());
  const baggage = await startActiveObservation('turn', () =>
    inScope(async () => {
      await startActiveObservation('plan', () => sleep((index * 7) % 20));
      if (SET === 'before') updateActiveTrace({ sessionId });
      const address = new URL(url);
      address.searchParams.set('ms', String((index * 13) % 20));
      const answer = await get(address);
      if (SET === 'after') updateActiveTrace({ sessionId });
      return answer;
    }),
  );
  return { sessionId, baggage };
}

const turns = await Promise.all(Array.from({ length: count }, (_, index) => turn(index)));
console.log(JSON.stringify(turns));
