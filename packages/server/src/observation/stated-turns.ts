/** The names of the observations of type `event` by which a client says where a turn begins and what was answered in it. */
export interface StatedTurns {
  /** What the user asked, as its input: a turn begins. */
  readonly prompt: string;
  /** The answer to the prompt before it, as its output. */
  readonly response: string;
}

/** By scope: clients whose whole conversation is one trace, and whose calls do not say to which prompt they belong. */
export const STATED_TURNS: ReadonlyMap<string, StatedTurns> = new Map([
  ['codex.events', { prompt: 'codex.user_prompt', response: 'codex.agent_response' }],
]);
