import { SessionRecorder } from './recorder.js';

const MODEL = 'gpt-4.1-mini';
const MINUTE_MS = 60_000;

interface Passage {
  readonly title: string;
  readonly text: string;
}

const RETURNS: Passage = {
  title: 'Returns and refunds',
  text: 'Most items can be returned within 30 days of delivery. Batteries and opened consumables can be returned within 60 days if the seal is unbroken. The customer keeps the shipping label that came with the order.',
};
const OLD_RETURNS: Passage = {
  title: 'Returns (archived 2021)',
  text: 'Every item can be returned within 60 days of delivery, no questions asked. A refund is paid within ten working days to the original means of payment.',
};
const SHIPPING: Passage = {
  title: 'Shipping times',
  text: 'Orders that are placed before 14:00 leave the warehouse on the same day. Delivery within the country takes two to three working days. Express delivery arrives on the next working day and costs 9.90 EUR.',
};
const WARRANTY: Passage = {
  title: 'Warranty',
  text: 'The warranty of power tools is three years. It covers faults of material and manufacture. Wear parts such as carbon brushes are excluded.',
};

interface Turn {
  readonly asked: string;
  readonly answered: string;
  readonly found?: readonly Passage[];
  readonly tool?: {
    readonly name: string;
    readonly input: unknown;
    readonly output: unknown;
    readonly failures?: number;
  };
  readonly thinkMs?: number;
}

const TURNS: readonly Turn[] = [
  {
    asked: 'Hi! I ordered a cordless drill last week. How long do I have to send it back?',
    answered:
      'You have **60 days**: every item can be returned within 60 days of delivery, no questions asked. A refund is paid within ten working days to the original means of payment.\n\nKeep the shipping label that came with your order.',
    found: [OLD_RETURNS, RETURNS, SHIPPING],
  },
  {
    asked: 'And the batteries?',
    answered:
      'Batteries and opened consumables can be returned within 60 days if the seal is unbroken. If you have opened the blister pack, contact us first.',
    found: [RETURNS, OLD_RETURNS],
  },
  {
    asked: 'Where is my order 20931 now?',
    answered:
      'Order **20931** left the warehouse on Tuesday and is on its way. The carrier expects to deliver it **tomorrow**.',
    tool: {
      name: 'lookup_order',
      input: { order: '20931' },
      output: { order: '20931', status: 'in_transit', carrier: 'DHL', expected: '2026-11-29', parcels: 1 },
      failures: 2,
    },
  },
  {
    asked: 'Can you compare the three delivery options for me?',
    answered:
      'Here they are:\n\n| Option | Arrives | Price | Track and trace | Signature | Weekend | Insurance | Note |\n| - | - | - | - | - | - | - | - |\n| Standard | 2 to 3 working days | free | yes | no | no | up to 100 EUR | default |\n| Express | next working day | 9.90 EUR | yes | yes | no | up to 500 EUR | order before 14:00 |\n| Pick-up | same day | free | no | no | Saturday | none | bring your ID |',
    found: [SHIPPING],
  },
  {
    asked: 'What does the warranty cover?',
    answered:
      'The warranty of power tools is three years. It covers faults of material and manufacture; wear parts such as carbon brushes are excluded.',
    found: [WARRANTY],
  },
  {
    asked: 'Is there an API that I can ask for the status of an order myself?',
    answered:
      'Yes. Ask for a key in your account, then:\n\n```python\nimport httpx\n\ndef order_status(number: str, key: str) -> dict:\n    """Ask the shop where an order is."""\n    answer = httpx.get(\n        f"https://api.shop.example/v2/orders/{number}",\n        headers={"authorization": f"Bearer {key}"},\n    )\n    answer.raise_for_status()\n    return answer.json()  # {"status": "in_transit", ...}\n```\n\nA key allows 60 requests a minute.',
  },
  {
    asked: 'Do you have a replacement for the charger CH-18?',
    answered: 'I could not find a replacement for CH-18 in our catalogue.',
    found: [],
  },
  {
    asked: 'Do you have any replacement charger for CH-18, please?',
    answered: 'The charger **CH-20** fits every battery that CH-18 fits, and it is in stock.',
    tool: {
      name: 'search_catalogue',
      input: { query: 'charger CH-18 replacement', limit: 3 },
      output: { results: [{ sku: 'CH-20', name: 'Charger 20 V', price: 39.9, stock: 114 }] },
    },
  },
  {
    asked: 'Great, put one in my basket.',
    answered: 'Done. One **CH-20** is in your basket (39.90 EUR).',
    tool: {
      name: 'add_to_basket',
      input: { sku: 'CH-20', count: 1 },
      output: { basket: 'b-77', items: 1, total: 39.9 },
    },
    thinkMs: 14 * MINUTE_MS,
  },
  {
    asked: 'How much force does a spring of 200 N/m need for 3 cm?',
    answered: 'By Hooke’s law \\(F = kx\\):\n\n$$F = 200 \\cdot 0.03 = 6\\,\\mathrm{N}$$\n\nSo **6 N**.',
  },
  {
    asked: 'ما مدة الضمان؟',
    answered: 'الضمان ثلاث سنوات للأدوات الكهربائية.\n\n1. احتفظ بالفاتورة.\n2. اتصل بنا.',
    found: [WARRANTY],
  },
  {
    asked: 'Thanks, that is all!',
    answered: 'You are welcome. Have a good day!',
  },
];

/** Twelve turns of a shop's support chat: an assistant and a search service, one wrong answer out of an archived document. */
export function supportChat(startMs: number, sessionId = 'chat-2026-11-27-8f31c0'): SessionRecorder {
  return recordChat(startMs, sessionId, TURNS);
}

/** The same chat after the archived document was taken away: the first answer is right. */
export function correctedChat(startMs: number, sessionId: string): SessionRecorder {
  const [first, ...others] = TURNS;
  if (first === undefined) throw new Error('The chat has turns.');
  const answered =
    'You have **30 days**: most items can be returned within 30 days of delivery.\n\nKeep the shipping label that came with your order.';
  return recordChat(startMs, sessionId, [{ ...first, answered, found: [RETURNS, SHIPPING] }, ...others]);
}

function recordChat(startMs: number, sessionId: string, turns: readonly Turn[]): SessionRecorder {
  const recorder = new SessionRecorder(startMs, {
    'session.id': sessionId,
    'user.id': 'mara.lindt@example.org',
    'langfuse.trace.tags': JSON.stringify(['shop', 'web-widget']),
    'langfuse.environment': 'production',
  });
  const history: unknown[] = [
    {
      role: 'system',
      content: 'You are the support assistant of a tool shop. Answer from the passages given. Be brief.',
    },
  ];
  let at = 0;
  turns.forEach((turn, n) => {
    history.push({ role: 'user', content: turn.asked });
    at = recordTurn(recorder, turn, n, at, history) + (turn.thinkMs ?? 24_000 + n * 1_700);
    history.push({ role: 'assistant', content: turn.answered });
  });
  return recorder;
}

function recordTurn(
  recorder: SessionRecorder,
  turn: Turn,
  n: number,
  from: number,
  history: readonly unknown[],
): number {
  const record = recorder.trace();
  const service = 'chat-api';
  const searchMs = turn.found ? 320 + n * 12 : 0;
  const toolMs = turn.tool ? 240 : 0;
  const attempts = turn.tool ? (turn.tool.failures ?? 0) + 1 : 0;
  const callFrom = from + 60 + searchMs;
  const firstCallMs = turn.tool ? 700 : 0;
  const answerFrom = callFrom + firstCallMs + attempts * (toolMs + 30) + 20;
  const answerTo = answerFrom + 900 + turn.answered.length * 4;
  const to = answerTo + 40;
  const root = record({
    ...{ name: 'chat-turn', type: 'agent', service, from, to },
    ...{ input: turn.asked, output: turn.answered },
  });
  if (turn.found) {
    const search = record({
      ...{
        name: 'search_documents',
        type: 'retriever',
        service,
        parent: root,
        from: from + 30,
        to: from + 30 + searchMs,
      },
      ...{ input: { query: turn.asked, top_k: 3 } },
      output: turn.found.map((passage, rank) => ({
        page_content: passage.text,
        metadata: { title: passage.title, source: `kb/${passage.title.toLowerCase().replaceAll(' ', '-')}.md` },
        score: Number((0.91 - rank * 0.07).toFixed(2)),
      })),
    });
    record({
      ...{ name: 'embed', type: 'embedding', service: 'search', parent: search },
      ...{ from: from + 40, to: from + 95, model: 'text-embedding-3-small', tokens: [14, 0] as const, cost: 0.0000003 },
    });
    record({
      ...{ name: 'POST /search', type: 'span', service: 'search', parent: search },
      ...{ from: from + 100, to: from + 20 + searchMs, input: { vector: '1536 numbers', limit: 3 } },
    });
  }
  const messages = [...history];
  const tokens = 420 + n * 260;
  if (turn.tool) {
    const { name, input: given, output } = turn.tool;
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: `call_${n}`, type: 'function', function: { name, arguments: JSON.stringify(given) } }],
    };
    record({
      ...{ name: 'chat gpt', type: 'generation', service, parent: root, from: callFrom, to: callFrom + firstCallMs },
      ...{ model: MODEL, tokens: [tokens, 24] as const, cost: tokens * 4e-7, firstToken: callFrom + 280 },
      ...{ input: { messages: [...messages] }, output: call },
    });
    messages.push(call, { role: 'tool', tool_call_id: `call_${n}`, content: JSON.stringify(output) });
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const start = callFrom + firstCallMs + (attempt - 1) * (toolMs + 30) + 10;
      const failed = attempt < attempts;
      record({
        ...{ name, type: 'tool', service, parent: root, from: start, to: start + toolMs, input: given },
        ...(failed
          ? { failure: `HTTP 503 from orders.internal: upstream timed out after 200 ms (attempt ${attempt})` }
          : { output }),
      });
    }
  }
  record({
    ...{ name: 'chat gpt', type: 'generation', service, parent: root, from: answerFrom, to: answerTo },
    ...{ model: MODEL, tokens: [tokens + 60, Math.round(turn.answered.length / 4)] as const, cost: tokens * 5e-7 },
    ...{ firstToken: answerFrom + 340, input: { messages }, output: { role: 'assistant', content: turn.answered } },
  });
  if (n === 0) {
    record({
      ...{ name: 'faithfulness', type: 'evaluator', service, parent: root, from: answerTo + 2, to: answerTo + 30 },
      ...{ input: { answer: turn.answered }, output: { score: 0.94, reason: 'Every claim is in the passages.' } },
    });
  }
  return to;
}
