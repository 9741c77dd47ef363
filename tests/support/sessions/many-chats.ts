import { SessionRecorder } from './recorder.js';

const HOUR_MS = 3_600_000;
/** Of this one the search fails, and the answer says so. */
const FAILING = 5;

const CHATS: readonly { readonly asked: string; readonly answered: string; readonly tag: string }[] = [
  { asked: 'Which saw do I need for aluminium?', answered: 'A mitre saw with a negative-hook blade.', tag: 'advice' },
  { asked: 'Can I change the address of order 20977?', answered: 'Yes, until it leaves the warehouse.', tag: 'orders' },
  { asked: 'Est-ce que vous livrez en Belgique ?', answered: 'Oui, en trois à cinq jours ouvrés.', tag: 'shipping' },
  {
    asked: 'My invoice shows the wrong VAT number.',
    answered: 'I have asked accounting to send a new one.',
    tag: 'billing',
  },
  {
    asked: 'How do I sharpen a chisel?',
    answered: 'At 25 degrees on a 1000 grit stone, then 30 degrees.',
    tag: 'advice',
  },
  { asked: 'Is the 18 V battery in stock?', answered: 'I cannot reach the catalogue right now.', tag: 'stock' },
  { asked: 'Wie lange habe ich Garantie?', answered: 'Drei Jahre auf Elektrowerkzeuge.', tag: 'warranty' },
  {
    asked: 'Please cancel order 21004.',
    answered: 'Order 21004 is cancelled; the refund takes ten days.',
    tag: 'orders',
  },
  { asked: 'What glue holds oak outdoors?', answered: 'A D4 wood glue, or epoxy where it stays wet.', tag: 'advice' },
  { asked: 'Do you have gift cards?', answered: 'From 10 to 500 EUR, by post or as a PDF.', tag: 'billing' },
];
const USERS = ['ines.marques@example.org', 'jonas.weber@example.org', 'amina.diallo@example.org'];
const MODELS = ['gpt-4.1-mini', 'gpt-4.1-mini', 'claude-haiku-4-5'];

/** Short chats of several users over the days before `nowMs`, with one that failed. */
export function manyChats(nowMs: number): SessionRecorder[] {
  return CHATS.map(({ asked, answered, tag }, n) => {
    const recorder = new SessionRecorder(nowMs - (2 + n * n * 1.6) * HOUR_MS, {
      'session.id': `chat-${(7_340_033 * (n + 3)).toString(16)}`,
      'user.id': USERS[n % USERS.length] ?? '',
      'langfuse.trace.tags': JSON.stringify([tag]),
      'langfuse.environment': 'production',
    });
    const record = recorder.trace();
    const service = 'chat-api';
    const to = 1_400 + n * 230;
    const root = record({ name: 'chat-turn', type: 'agent', service, from: 0, to, input: asked, output: answered });
    record({
      ...{ name: 'search_documents', type: 'retriever', service, parent: root, from: 40, to: 310 + n * 12 },
      ...{ input: { query: asked } },
      ...(n === FAILING ? { failure: 'connect ECONNREFUSED 10.0.4.17:6333' } : { output: [] }),
    });
    record({
      ...{ name: 'answer', type: 'generation', service, parent: root, from: 340 + n * 12, to: to - 30, input: asked },
      ...{ output: answered, model: MODELS[n % MODELS.length] ?? '', tokens: [310 + n * 41, 38 + n * 5] as const },
      cost: 0.0003 + n * 0.0007,
    });
    return recorder;
  });
}
