import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PORT } from '@powerrag/protocol';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readCommand } from './config.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/scale.md'), 'utf8');

/** The documents of the page's blocks of YAML. An error, a warning or a key that is there twice is a failure. */
const documents = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) =>
  parseAllDocuments(text, { strict: true, uniqueKeys: true }).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS() as unknown;
  }),
);

const text = v.pipe(v.string(), v.nonEmpty());
/** Kubernetes: a DNS label. */
const label = v.pipe(v.string(), v.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/));
const labels = v.record(label, label);
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const quantity = v.pipe(v.string(), v.regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi|Ti)?$/));
const resources = v.strictObject({ cpu: v.optional(quantity), memory: v.optional(quantity) });

/** The parts of the Compose specification that the page uses, and nothing else: a misspelt key is a failure. */
const COMPOSE = v.strictObject({
  services: v.record(
    label,
    v.strictObject({
      image: v.pipe(v.string(), v.regex(/^[a-z0-9./-]+:[\w.-]+$/)),
      command: v.optional(text),
      environment: v.optional(v.record(v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]*$/)), text)),
      volumes: v.optional(v.array(v.pipe(v.string(), v.regex(/^[\w-]+:\/[\w/.-]+$/)))),
      ulimits: v.optional(v.record(text, v.strictObject({ soft: v.number(), hard: v.number() }))),
      ports: v.optional(v.array(v.pipe(v.string(), v.regex(/^\d+:\d+$/)))),
      restart: v.optional(v.picklist(['no', 'always', 'on-failure', 'unless-stopped'])),
    }),
  ),
  volumes: v.record(label, v.null()),
});

const DEPLOYMENT = v.strictObject({
  apiVersion: v.literal('apps/v1'),
  kind: v.literal('Deployment'),
  metadata: v.strictObject({ name: label }),
  spec: v.strictObject({
    replicas: v.pipe(v.number(), v.integer(), v.minValue(1)),
    selector: v.strictObject({ matchLabels: labels }),
    template: v.strictObject({
      metadata: v.strictObject({ labels }),
      spec: v.strictObject({
        containers: v.pipe(
          v.array(
            v.strictObject({
              name: label,
              image: text,
              command: v.array(text),
              envFrom: v.array(v.strictObject({ secretRef: v.strictObject({ name: label }) })),
              ports: v.array(v.strictObject({ containerPort: port })),
              readinessProbe: v.strictObject({
                httpGet: v.strictObject({ path: v.pipe(v.string(), v.startsWith('/')), port }),
                periodSeconds: v.number(),
              }),
              resources: v.strictObject({ requests: resources, limits: resources }),
            }),
          ),
          v.length(1),
        ),
      }),
    }),
  }),
});

const SERVICE = v.strictObject({
  apiVersion: v.literal('v1'),
  kind: v.literal('Service'),
  metadata: v.strictObject({ name: label }),
  spec: v.strictObject({ selector: labels, ports: v.array(v.strictObject({ port })) }),
});

const KEYS = { POWERRAG_PUBLIC_KEY: 'team', POWERRAG_SECRET_KEY: 'secret' };

describe('the manifests of the page on scale', () => {
  it('are a Compose file, a Deployment and a Service', () => {
    expect(documents).toHaveLength(3);
    const found = [COMPOSE, DEPLOYMENT, SERVICE].map((schema, at) => v.safeParse(schema, documents[at]).issues ?? []);
    expect(found.flat().map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)).toEqual([]);
  });

  it('start, with Compose, a server that the command accepts, on the ClickHouse beside it', () => {
    const { services, volumes } = v.parse(COMPOSE, documents[0]);
    const { powerrag, clickhouse } = services;
    const [, , , ...args] = (powerrag?.command ?? '').split(' ');
    const command = readCommand(args, powerrag?.environment ?? {});
    if (command.name !== 'serve') throw new Error('the command is another one');
    expect(command.config).toMatchObject({ host: '0.0.0.0', port: DEFAULT_PORT });
    const address = new URL(command.config.store?.replace('clickhouse:', 'http:') ?? '');
    const { CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, CLICKHOUSE_DB } = clickhouse?.environment ?? {};
    expect([address.username, address.password, address.pathname]).toEqual([
      ...[CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, `/${CLICKHOUSE_DB}`],
    ]);
    expect(Object.keys(services)).toContain(address.hostname);
    expect(powerrag?.ports).toEqual([`${DEFAULT_PORT}:${DEFAULT_PORT}`]);
    const mounted = Object.values(services).flatMap((service) => service.volumes ?? []);
    expect(mounted.map((mount) => mount.split(':', 1)[0])).toEqual(Object.keys(volumes));
  });

  it('start, on Kubernetes, servers that the service finds and the probe asks', () => {
    const { spec, metadata } = v.parse(DEPLOYMENT, documents[1]);
    const service = v.parse(SERVICE, documents[2]);
    expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    expect(service.spec.selector).toEqual(spec.selector.matchLabels);
    const [container] = spec.template.spec.containers;
    const [, , , ...args] = container?.command ?? [];
    expect(readCommand(args, { ...KEYS, POWERRAG_STORE: 'clickhouse://ch' })).toMatchObject({
      config: { host: '0.0.0.0', port: DEFAULT_PORT, store: 'clickhouse://ch' },
    });
    expect(container?.ports).toEqual([{ containerPort: DEFAULT_PORT }]);
    expect(container?.readinessProbe.httpGet.port).toBe(DEFAULT_PORT);
    expect(service.spec.ports).toEqual([{ port: DEFAULT_PORT }]);
    // Named in the sentence that says what the secret holds.
    expect(PAGE).toContain(`The secret \`${container?.envFrom[0]?.secretRef.name}\` holds \`POWERRAG_STORE\``);
    expect(metadata.name).toBe(service.metadata.name);
  });
});
