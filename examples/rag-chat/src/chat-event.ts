/** What the chat's server tells its page of a turn: pieces of the answer as they come, then how it ended. */
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
