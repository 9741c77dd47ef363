import { startActiveObservation } from '@powerrag/tracing';
import type { ChatMessage, Model, ModelRequest, ToolCall, Usage } from './answer/model.js';

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

/**
 * Asks the model once and gives its reply, recorded as a generation: the messages as they were sent, the reply, when its
 * first piece came, tokens and cost.
 */
export function generateAnswer(
  model: Model,
  request: ModelRequest & { readonly onText?: (text: string) => void },
): Promise<AssistantMessage> {
  return startActiveObservation(
    'generate-answer',
    async (generation) => {
      generation.update({ input: request.messages, model: model.name, modelParameters: { ...model.parameters } });
      let content = '';
      let calls: readonly ToolCall[] = [];
      let usage: Usage | undefined;
      let begun = false;
      for await (const event of model.generate(request)) {
        if (!begun) generation.update({ completionStartTime: new Date() });
        begun = true;
        if (event.type === 'text') {
          content += event.text;
          request.onText?.(event.text);
        } else if (event.type === 'tool_calls') calls = event.calls;
        else usage = event.usage;
      }
      const reply: AssistantMessage =
        calls.length > 0
          ? { role: 'assistant', content: content || null, tool_calls: calls }
          : { role: 'assistant', content };
      generation.update({
        output: reply,
        ...(usage && { usageDetails: { ...usage.usageDetails } }),
        ...(usage?.costDetails && { costDetails: { ...usage.costDetails } }),
      });
      return reply;
    },
    { asType: 'generation' },
  );
}
