import { operations } from './libraries/opentelemetry.mjs';
import { installProvider } from './libraries/provider.mjs';
import { cases, runOperations } from './workload.mjs';

/**
 * Only spans to bytes: `node encoder.mjs <serialiser> <case>` prints microseconds of CPU per span and bytes per
 * span, for batches of 512. Every serialiser is given the same spans.
 */
const [serialiserName, caseName] = process.argv.slice(2);
const BATCH = 512;
const SLICES = 7;

const spans = [];
installProvider({
  onStart() {},
  onEnd(span) {
    spans.push(span);
  },
  async forceFlush() {},
  async shutdown() {},
});
await runOperations(operations()[caseName], cases[caseName].payloads, BATCH / cases[caseName].perOperation);

const serialisers = {
  async powerrag() {
    const { BatchEncoder } = await import('./.cache/encode/batch.js');
    const { SpanEncoder } = await import('./.cache/encode/encoder.js');
    const encoder = new SpanEncoder(4 * 1024 * 1024);
    const batches = new BatchEncoder();
    const nothing = new Uint8Array(0);
    return () => {
      const encoded = spans.map((span) => {
        const { bytes } = encoder.encode(span, undefined);
        return { bytes, resource: span.resource, scope: span.instrumentationScope };
      });
      const body = batches.encode(encoded, () => nothing);
      for (const { bytes } of encoded) bytes.free();
      return body;
    };
  },
  async json() {
    const { JsonTraceSerializer } = await import('@opentelemetry/otlp-transformer');
    return () => JsonTraceSerializer.serializeRequest(spans);
  },
  async protobuf() {
    const { ProtobufTraceSerializer } = await import('@opentelemetry/otlp-transformer');
    return () => ProtobufTraceSerializer.serializeRequest(spans);
  },
};

const encode = await serialisers[serialiserName]();
const rounds = { A1: 40, A2: 20, A3: 12, A4: 2 }[caseName];
for (let round = 0; round < rounds; round += 1) encode();
let least = Number.POSITIVE_INFINITY;
for (let slice = 0; slice < SLICES; slice += 1) {
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) encode();
  const used = process.cpuUsage(before);
  least = Math.min(least, (used.user + used.system) / (rounds * spans.length));
}
process.stdout.write(JSON.stringify({ value: least, bytes: encode().length / spans.length }), () => process.exit(0));
