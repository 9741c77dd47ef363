import { numbers } from '../lib/random.mjs';

/** The first turn began a day before the run. */
const LONG_AGO_MS = 86_400_000;
const SERVICES = ['gateway', 'agent'];

/**
 * The spans of one conversation: each turn a trace of an agent with a search, a model call, a tool and a formatter in it, pauses
 * between them, and one tool in fifty failing.
 *
 * @param {{ sessionId: string, turns: number, perTurn?: number }} size `perTurn` observations of a turn. Default 5.
 */
export function* conversation({ sessionId, turns, perTurn = 5 }) {
  const random = numbers(11);
  let atMs = Date.now() - LONG_AGO_MS;
  for (let turn = 0; turn < turns; turn++) {
    const lengthMs = 800 + Math.round(random() * 2_400);
    yield turnSpans({ random, sessionId, turn, perTurn, atMs, lengthMs });
    atMs += lengthMs + 2_000 + Math.round(random() * 20_000);
  }
}

/** A conversation of one turn whose question is this long, in bytes. */
export function longMessage({ sessionId, bytes }) {
  const line = 'ticket 4711: the carriage of line 7 stopped between two stations, and nobody said why. ';
  const question = line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
  return [
    span(
      { sessionId, turn: 0, index: 0, name: 'chat', startMs: Date.now() - LONG_AGO_MS, lengthMs: 900 },
      {
        'langfuse.observation.type': 'agent',
        'langfuse.observation.input': question,
        'langfuse.observation.output': 'It stopped because the door was open.',
      },
    ),
  ];
}

/** Sessions of one turn each. */
export function* shortSessions(count) {
  const random = numbers(12);
  for (let n = 0; n < count; n++) {
    const atMs = Date.now() - LONG_AGO_MS - n * 30_000;
    yield turnSpans({ random, sessionId: `short-${n}`, turn: 0, perTurn: 2, atMs, lengthMs: 1_500 });
  }
}

const KINDS = [
  ['retriever', 'search-passages'],
  ['generation', 'answer'],
  ['tool', 'get_departures'],
  ['span', 'format'],
];

function turnSpans({ random, sessionId, turn, perTurn, atMs, lengthMs }) {
  const step = lengthMs / perTurn;
  return Array.from({ length: perTurn }, (_, index) => {
    if (index === 0) {
      return span(
        { sessionId, turn, index, name: 'chat-turn', startMs: atMs, lengthMs },
        {
          'langfuse.user.id': `user-${turn % 7}`,
          'langfuse.observation.type': 'agent',
          'langfuse.observation.input': `Question ${turn + 1}: when does the next tram to stop ${turn % 90} leave, and what does it cost?`,
          'langfuse.observation.output': `The next tram to stop ${turn % 90} leaves in ${1 + (turn % 14)} minutes. A single ticket is 2.40 euros; **a day ticket** is 7.10.`,
        },
      );
    }
    const [type, name] = KINDS[(index - 1) % KINDS.length];
    const isFailed = type === 'tool' && random() < 0.02;
    return span(
      { sessionId, turn, index, name, startMs: atMs + index * step * 0.9, lengthMs: step * 0.8, isFailed },
      {
        'langfuse.observation.type': type,
        ...(type === 'generation' && {
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.usage.input_tokens': 400 + (turn % 300),
          'gen_ai.usage.output_tokens': 60 + (turn % 40),
        }),
      },
    );
  });
}

function span({ sessionId, turn, index, name, startMs, lengthMs, isFailed = false }, attributes) {
  const start = BigInt(Math.round(startMs * 1_000)) * 1_000n;
  const trace = fingerprint(`${sessionId} ${turn}`);
  return {
    service: SERVICES[index === 0 ? 0 : 1],
    span: {
      traceId: trace.repeat(4),
      spanId: `${trace}${(index + 1).toString(16).padStart(8, '0')}`,
      ...(index > 0 && { parentSpanId: `${trace}00000001` }),
      name,
      kind: 1,
      startTimeUnixNano: `${start}`,
      endTimeUnixNano: `${start + BigInt(Math.round(lengthMs * 1_000)) * 1_000n}`,
      ...(isFailed && { status: { code: 2, message: 'no answer within 2 s' } }),
      attributes: Object.entries({ 'session.id': sessionId, ...attributes }).map(([key, value]) => ({
        key,
        value: typeof value === 'number' ? { intValue: `${value}` } : { stringValue: value },
      })),
    },
  };
}

/** Eight hex digits that are different for different texts (FNV-1a). */
function fingerprint(text) {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
  // All-zero ids are invalid.
  return (hash >>> 0 || 1).toString(16).padStart(8, '0');
}

/** Sends spans in bodies of a bearable size. Rejects when the server refuses one. */
export async function send(url, groups, mostSpans = 2_000) {
  let batch = [];
  const flush = async () => {
    const resourceSpans = SERVICES.map((service) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [{ spans: batch.filter((entry) => entry.service === service).map((entry) => entry.span) }],
    }));
    batch = [];
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans }),
    });
    if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
  };
  for (const spans of groups) {
    batch.push(...spans);
    if (batch.length >= mostSpans) await flush();
  }
  if (batch.length > 0) await flush();
}

/** Waits until the server has read all turns of a session, which follows within seconds of what is stored and takes a processor meanwhile. */
export async function digested(url, sessionId, turns) {
  for (;;) {
    const { data } = await (await fetch(`${url}/api/v1/sessions?limit=200`)).json();
    if (data.some(({ id, turnCount }) => id === sessionId && turnCount >= turns)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
