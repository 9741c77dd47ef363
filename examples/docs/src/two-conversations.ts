import { setTimeout as pause } from 'node:timers/promises';
import '@powerrag/exporter/register';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const lookUp = observe(async (ms: number) => pause(ms, 'done'), { name: 'look-up', asType: 'tool' });

const reply = observe(
  async (conversation: string, ms: number) => {
    updateActiveTrace({ sessionId: conversation });
    return lookUp(ms);
  },
  { name: 'reply' },
);

// Two conversations at once, in one process: their observations do not mix.
await Promise.all([reply('conversation-a', 20), reply('conversation-b', 10)]);
