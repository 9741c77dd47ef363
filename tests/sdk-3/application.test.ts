import type { ObservationDetails, ReplayDocument } from '@powerrag/protocol';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { getJson } from '../support/http.js';
import { startServer } from '../support/server-process.js';
import { type Application, applicationOnSdk3 } from './application.js';

let application: Application;

beforeAll(async () => {
  application = await applicationOnSdk3();
});

describe('an application on OpenTelemetry SDK 3, with the packages as npm installs them', () => {
  it.each([
    ['with a provider of its own', 'own-provider.mjs'],
    ['through register()', 'register.mjs'],
  ])('has the session that it sets last on every span of the trace, %s', async (_how, program) => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    await application.run(program, { POWERRAG_BASE_URL: server.url });

    const { observations } = await getJson<ReplayDocument>(`${server.url}/api/v1/sessions/sdk-3/replay`);
    expect(observations).toMatchObject([
      { name: 'POST /chat', depth: 0 },
      { name: 'middleware', depth: 1 },
      { name: 'answer', type: 'generation', depth: 1 },
      { name: 'search', type: 'retriever', depth: 2 },
    ]);
    const details = await Promise.all(
      observations.map(({ traceId, id }) =>
        getJson<ObservationDetails>(`${server.url}/api/v1/traces/${traceId}/observations/${id}`),
      ),
    );
    expect(details.map(({ sessionId }) => sessionId)).toEqual(Array(4).fill('sdk-3'));
  });

  it('has its nested attributes stored, without the credentials in them', async () => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    await application.run('own-provider.mjs', { POWERRAG_BASE_URL: server.url });

    const { observations } = await getJson<ReplayDocument>(`${server.url}/api/v1/sessions/sdk-3/replay`);
    const { traceId, id } = observations[0] ?? {};
    const { metadata } = await getJson<ObservationDetails>(`${server.url}/api/v1/traces/${traceId}/observations/${id}`);
    expect(metadata).toMatchObject({
      'app.request': {
        headers: { authorization: '[redacted]', accept: 'text/plain' },
        sizes: [1, 'two', null, [true]],
      },
    });
  });

  it('compiles with the types of SDK 3', async () => {
    expect(await application.typeErrors()).toBe('');
  });
});
