/** The OpenTelemetry GenAI span attributes that we write on request (semantic conventions, `gen-ai-spans`). */
export const GenAiAttributeKeys = {
  /**
   * The operation of the observation's type: `chat` for a generation, `embeddings`, `invoke_agent`, `execute_tool`, `retrieval`.
   * @wire string
   */
  operationName: 'gen_ai.operation.name',
  /**
   * The model's name.
   * @wire string
   */
  requestModel: 'gen_ai.request.model',
  /**
   * All input tokens, including cached ones.
   * @wire int
   */
  inputTokens: 'gen_ai.usage.input_tokens',
  /**
   * All output tokens, including reasoning.
   * @wire int
   */
  outputTokens: 'gen_ai.usage.output_tokens',
  /**
   * The session id.
   * @wire string
   */
  conversationId: 'gen_ai.conversation.id',
} as const;
