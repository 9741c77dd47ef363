/** Makes a value. Some values cannot even be held by who makes up the test data. */
export type Recipe = () => unknown;

/** An instance of a class, with what it must not show. */
export class Account {
  readonly #secret = 1;
  readonly owner: unknown;
  constructor(owner: unknown) {
    this.owner = owner;
  }
  get balance(): number {
    return this.#secret;
  }
}

const throwing = (): never => {
  throw new Error('hostile');
};

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const cycle = (): object => {
  const own: Record<string, unknown> = {};
  own.again = [own];
  return own;
};

/** For tests: values that make trouble for who reads them. */
export const HOSTILE: readonly Recipe[] = [
  cycle,
  revoked,
  () => ({
    get broken() {
      return throwing();
    },
  }),
  () => ({ toJSON: throwing }),
  () => ({ toJSON: () => ({ toJSON: () => 1n }) }),
  () => new Proxy({}, { ownKeys: throwing }),
  () => new Proxy([], { get: throwing }),
  () => new Proxy(new Map(), {}),
  () => Object.create(Error.prototype, { message: { get: throwing } }),
  () => Object.assign(new Error('told', { cause: cycle() }), { constructor: undefined }),
  () => Object.create({ constructor: { name: { toString: throwing } } }),
  () => Object.assign(() => 1, { toJSON: throwing }),
  () => new AggregateError([new TypeError('inner'), 1n]),
  () => Symbol('s'),
  () => new Date(Number.NaN),
  () => new Uint8Array(5),
  () => new DataView(new ArrayBuffer(2)),
  () => new Account(cycle()),
  () => Promise.resolve(),
  () => new WeakMap(),
  () => 'a\uD800b',
  () => ({ '\uDC00': '\uD800' }),
  () => JSON.parse('{"__proto__":{"constructor":1}}'),
];

/** The names of all attributes that an observation or a trace can be given. */
export const ATTRIBUTE_NAMES = [
  ...[
    'input',
    'output',
    'metadata',
    'level',
    'statusMessage',
    'version',
    'environment',
    'completionStartTime',
    'model',
  ],
  ...['modelParameters', 'usageDetails', 'costDetails', 'prompt', 'name', 'userId', 'sessionId', 'release', 'tags'],
  ...['public', 'traceName', 'asBaggage'],
];
