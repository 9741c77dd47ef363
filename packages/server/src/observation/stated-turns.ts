/** The names of the observations by which a client says where a turn begins and what was answered in it. */
export interface StatedTurns {
  /** What the user asked, as its input: a turn begins. */
  readonly prompt: string;
  /** An answer to the prompt before it, as its output: the last one with words stands. */
  readonly response: string;
}

/** By scope: clients that may have several prompts in one trace, and whose calls do not say to which prompt they belong. */
export const STATED_TURNS: ReadonlyMap<string, StatedTurns> = new Map([
  ['codex.events', { prompt: 'codex.user_prompt', response: 'codex.agent_response' }],
  ['gemini_cli.events', { prompt: 'gemini_cli.user_prompt', response: 'gemini_cli.llm_call' }],
  ['qwen-code.events', { prompt: 'qwen-code.user_prompt', response: 'qwen-code.llm_call' }],
]);
