/** What lists are narrowed by when they are measured: by what many and few sessions have, and by several at once. */
export const FILTERS = {
  nothing: {},
  'frequent user': { userId: ['user-0'] },
  'rare user': { userId: ['user-4321'] },
  tag: { tag: ['tag-3'] },
  environment: { environment: ['production'] },
  'two tags': { tag: ['tag-1', 'tag-20'] },
  model: { model: ['model-9'] },
  service: { service: ['service-2'] },
  release: { release: ['2026.3'] },
  name: { name: ['route-17'] },
  metadata: { metadata: [{ key: 'plan', value: 'pro' }] },
  'unique metadata': { metadata: [{ key: 'requestId', value: 'request-777' }] },
  errors: { hasErrors: true },
  cost: { cost: { min: 0.02 } },
  duration: { duration: { min: 3_600_000, max: 7_200_000 } },
  time: { activeFrom: 1_780_000_000_000, activeTo: 1_781_000_000_000 },
  'first release, production, pro': {
    release: ['2026.0'],
    environment: ['production'],
    metadata: [{ key: 'plan', value: 'pro' }],
  },
  'many and few': {
    environment: ['production'],
    model: ['model-0'],
    service: ['service-0'],
    cost: { min: 0.05 },
    hasErrors: true,
  },
  'two that never meet': { release: ['2026.0'], version: ['v3'] },
};
export const FACETS = [
  'userId',
  'tag',
  'environment',
  'release',
  'version',
  'name',
  'model',
  'service',
  'metadata',
  'score',
  'hasErrors',
];

export const TRACE_QUERIES = {
  'traces of a user': { userId: 'user-0' },
  'traces of a rare user': { userId: 'user-4321' },
  'traces by tag': { tags: ['tag-3'] },
  'traces by environment': { environments: ['production'] },
  'traces by name': { name: 'route-17' },
  'traces by release in a week': { release: '2026.3', fromMs: 1_780_000_000_000, toMs: 1_780_600_000_000 },
};
