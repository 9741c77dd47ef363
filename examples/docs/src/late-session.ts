import '@powerrag/exporter/register';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const readTicket = observe(async (id: number) => ({ id, conversation: 'support-42' }), { name: 'read-ticket' });
const classify = observe(async (text: string) => text.length, { name: 'classify' });

const handle = observe(
  async (id: number) => {
    await classify('printer on fire');
    const ticket = await readTicket(id);
    // Both observations above have ended by now. The id still reaches them.
    updateActiveTrace({ sessionId: ticket.conversation });
  },
  { name: 'handle-ticket' },
);

await handle(7);
