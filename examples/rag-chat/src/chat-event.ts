/** What the chat's server sends to its page during a turn: pieces of the answer, then how it ended. */
export type ChatEvent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'done';
      readonly answer: string;
      /** In the order of their numbers in the answer: the first is `[1]`. */
      readonly sources: readonly { readonly id: string; readonly title: string }[];
      readonly tools: readonly string[];
      /** URL of the turn on the replay page. */
      readonly moment: string;
    }
  | { readonly type: 'failed'; readonly message: string };
