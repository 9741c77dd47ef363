import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';

function anApp() {
  const store = memoryStore();
  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
  const app = appOver(store, { log });
  return { app, lines };
}

describe('the log of the server', () => {
  it('names a client that requests an unknown path, once', async () => {
    const { app, lines } = anApp();
    const headers = { 'user-agent': 'OTel-OTLP-Exporter-Python/1.45.2' };
    for (let times = 0; times < 3; times += 1) await app.request('/v1/metrics', { method: 'POST', headers });
    expect(lines).toEqual([
      'A client (OTel-OTLP-Exporter-Python/1.45.2) asks for POST /v1/metrics, which this server does not have.',
    ]);
  });

  it('names a hundred of these paths, and then says that there are more', async () => {
    const { app, lines } = anApp();
    for (let number = 0; number < 200; number += 1) await app.request(`/api/v1/none/${number}`);
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toMatch(/^Clients ask for further paths/);
  });

  it('says once that gRPC is not supported, and the answer tells the client what to set', async () => {
    const { app, lines } = anApp();
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    const headers = { 'content-type': 'application/grpc+proto' };
    for (let times = 0; times < 2; times += 1) {
      const response = await app.request(path, { method: 'POST', headers });
      expect(response.status).toBe(415);
      expect(await response.text()).toMatch(/OTEL_EXPORTER_OTLP_PROTOCOL=http\/protobuf/);
    }
    expect(lines).toEqual([expect.stringMatching(/^OTLP over gRPC is not taken/)]);
  });
});
