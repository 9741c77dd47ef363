/** The OpenTelemetry GenAI span attributes that we write on request (semantic conventions, `gen-ai-spans`). */
export const GenAiAttributeKeys = {
  /**
   * What the observation's type stands for: `chat` for a generation, `embeddings`, `invoke_agent`, `execute_tool`, `retrieval`.
   * @wire string
   */
  operationName: 'gen_ai.operation.name',
  /**
   * The model's name.
   * @wire string
   */
  requestModel: 'gen_ai.request.model',
  /**
   * All input tokens, the cached ones included.
   * @wire int
   */
  inputTokens: 'gen_ai.usage.input_tokens',
  /**
   * All output tokens, those of reasoning included.
   * @wire int
   */
  outputTokens: 'gen_ai.usage.output_tokens',
  /**
   * The session id.
   * @wire string
   */
  conversationId: 'gen_ai.conversation.id',
} as const;
