import type { ReplayDoubt, ReplayTurn } from '@powerrag/protocol';
import { plural } from '../../ui/format.js';

const DOUBTS: Record<ReplayDoubt, string> = {
  'root-missing': 'The root of this trace has not arrived. The answer shown may not be the final one.',
  'parallel-calls': 'Several calls ran at the same time. The one most likely to have answered the user is shown.',
  'separate-calls': 'The model calls of this trace share no history. Each is shown as a turn.',
  'derived-calls': 'One call used the words of another. The answer shown may be an intermediate step.',
  'several-answers': 'Several calls answered the same question. All answers are shown.',
};

/** What a reader should know about the words of a turn, one sentence each. */
export function notesOf({ running, doubts, unseenAnswers }: ReplayTurn): string[] {
  const earlier = `${plural(unseenAnswers, 'earlier answer')} sent along as history: no turn of this session shows them.`;
  return [
    ...(running ? ['This turn is still running.'] : []),
    ...doubts.map((doubt) => DOUBTS[doubt]),
    ...(unseenAnswers > 0 ? [earlier] : []),
  ];
}
