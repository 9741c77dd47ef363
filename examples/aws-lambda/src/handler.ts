import { register } from '@powerrag/exporter';
import { observe, updateActiveTrace } from '@powerrag/tracing';

// Once for each process, in the init phase.
const tracing = register({ serviceName: 'librarian' });

/** Returns only when the spans of its invocation have been sent: Lambda freezes the process as soon as it has the result. */
function flushed<Event, Result>(handle: (event: Event) => Promise<Result>): (event: Event) => Promise<Result> {
  return async (event) => {
    try {
      return await handle(event);
    } finally {
      await tracing.forceFlush({ timeoutMs: 2_000 });
    }
  };
}

interface Question {
  readonly conversation: string;
  readonly text: string;
}

const lookUp = observe(async (text: string) => [`a passage on ${text}`], { name: 'look-up', asType: 'retriever' });

const answer = observe(
  async ({ conversation, text }: Question) => {
    updateActiveTrace({ sessionId: conversation });
    if (text === '') throw new Error('There is no question.');
    const [passage] = await lookUp(text);
    return { answer: `There is ${passage}.` };
  },
  { name: 'answer', asType: 'agent' },
);

export const handler = flushed(answer);
