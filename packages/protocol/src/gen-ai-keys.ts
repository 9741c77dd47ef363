/** The OpenTelemetry GenAI span attributes that we write on request (semantic conventions, `gen-ai-spans`). */
export const GenAiAttributeKeys = {
  operationName: 'gen_ai.operation.name',
  requestModel: 'gen_ai.request.model',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  conversationId: 'gen_ai.conversation.id',
} as const;
