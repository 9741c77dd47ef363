import type { Engine } from './engine.js';
import { front } from './front.js';

/**
 * An address of a database behind which the engine is until a certain statement comes: from then on nothing is answered, as when the
 * node that asks had ended just before it.
 */
export async function dyingFront(engine: Engine, database: string, isLast: (statement: string) => boolean) {
  let isEnded = false;
  const url = await front(engine, database, (statement) => {
    if (isLast(statement)) isEnded = true;
    return isEnded ? { kind: 'cut', isDone: false } : { kind: 'forwarded' };
  });
  return { url, isEnded: () => isEnded };
}
