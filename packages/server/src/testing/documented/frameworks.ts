import { ANSWER, json, MESSAGES, QUESTION, REPLY, type Sample, TURN } from './sample.js';

const GEN_AI_QUESTION = json([{ role: 'user', parts: [{ type: 'text', content: QUESTION }] }]);
const GEN_AI_ANSWER = json([{ role: 'assistant', parts: [{ type: 'text', content: ANSWER }], finish_reason: 'stop' }]);
const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gpt-4o-mini',
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 20,
};
/** A message of OpenInference by its number, on one side of a call. */
const said = (side: 'input' | 'output', number: number, fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [`llm.${side}_messages.${number}.message.${key}`, value]),
  );
const OPEN_INFERENCE = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gpt-4o-mini' };

/** Versions of frameworks that no recording is of, and what older and newer ones write differently. */
export const FRAMEWORK_SAMPLES: readonly Sample[] = [
  {
    client: 'OpenInference, a result of a tool under the role of the user, as Anthropic has it',
    attributes: {
      ...OPEN_INFERENCE,
      ...said('input', 0, { role: 'user', content: QUESTION }),
      ...said('input', 1, {
        role: 'assistant',
        'tool_calls.0.tool_call.id': 't-1',
        'tool_calls.0.tool_call.function.name': 'look_up',
        'tool_calls.0.tool_call.function.arguments': '{}',
      }),
      ...said('input', 2, { role: 'user', tool_call_id: 't-1', content: 'Paris' }),
      ...said('output', 0, { role: 'assistant', content: ANSWER }),
    },
    shows: { type: 'generation', turns: [TURN] },
  },
  {
    client: 'OpenInference, files beside text',
    attributes: {
      ...OPEN_INFERENCE,
      ...said('input', 0, {
        role: 'user',
        'contents.0.message_content.type': 'audio',
        'contents.0.message_content.file.url': 'https://example.com/a.wav',
        'contents.0.message_content.file.mime_type': 'audio/wav',
        'contents.0.message_content.file.transcript': QUESTION,
        'contents.1.message_content.type': 'document',
        'contents.1.message_content.file.file_id': 'file-1',
      }),
      ...said('output', 0, { role: 'assistant', content: ANSWER }),
    },
    shows: { turns: [`${QUESTION} media media → ${ANSWER}`] },
  },
  {
    client: 'OpenLIT, the first token in seconds',
    scope: 'openlit.instrumentation.openai',
    attributes: {
      ...CHAT,
      'gen_ai.input.messages': GEN_AI_QUESTION,
      'gen_ai.output.messages': GEN_AI_ANSWER,
      'gen_ai.server.time_to_first_token': 0.35,
    },
    shows: { tokens: 120, firstToken: 350, turns: [TURN] },
  },
  {
    client: 'Strands, the first token in milliseconds',
    scope: 'strands.telemetry.tracer',
    name: 'chat',
    attributes: { ...CHAT, 'gen_ai.system': 'strands-agents', 'gen_ai.server.time_to_first_token': 350 },
    events: [
      ['gen_ai.user.message', { content: json([{ text: QUESTION }]) }],
      ['gen_ai.choice', { message: json([{ text: ANSWER }]), finish_reason: 'end_turn' }],
    ],
    shows: { firstToken: 350, turns: [TURN] },
  },
  {
    client: 'Pydantic AI, versions 2 and 3 of its format, with an image',
    attributes: {
      ...CHAT,
      'gen_ai.input.messages': json([
        {
          role: 'user',
          parts: [
            { type: 'text', content: QUESTION },
            { type: 'image-url', url: 'https://example.com/a.png' },
            { type: 'binary', media_type: 'image/png', content: 'aGk=' },
          ],
        },
      ]),
      'gen_ai.output.messages': GEN_AI_ANSWER,
    },
    shows: { turns: [`${QUESTION} media media → ${ANSWER}`] },
  },
  {
    client: 'Logfire, a tool of OpenAI Agents',
    scope: 'logfire.openai_agents',
    name: 'Function: {name}',
    attributes: { name: 'look_up', input: '{"country":"France"}', output: 'Paris' },
    shows: { type: 'tool', name: 'look_up', input: '{"country":"France"}', output: 'Paris' },
  },
  {
    client: 'Logfire, an answer that was streamed',
    scope: 'logfire.openai',
    name: 'streaming response from {request_data[model]!r} took {duration:.2f}s',
    attributes: {
      'logfire.msg': "streaming response from 'gpt-4o-mini' took 1.00s",
      request_data: json({ messages: [{ role: 'user', content: QUESTION }], stream: true }),
      response_data: json({ combined_chunk_content: ANSWER, chunk_count: 5 }),
      'gen_ai.request.model': 'gpt-4o-mini',
    },
    shows: {
      type: 'generation',
      name: "streaming response from 'gpt-4o-mini' took 1.00s",
      turns: [TURN],
    },
  },
  {
    client: 'Logfire, a request of OpenAI Agents that failed',
    scope: 'logfire.openai_agents',
    name: 'Responses API with {gen_ai.request.model!r}',
    attributes: {
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.system': 'openai',
      'logfire.msg': "Responses API with 'gpt-4o-mini' failed: Error getting response",
    },
    shows: { name: "Responses API with 'gpt-4o-mini'" },
  },
  {
    client: 'Logfire, a response of OpenAI Agents, whose events have no choice',
    scope: 'logfire.openai_agents',
    name: 'Responses API with {gen_ai.request.model!r}',
    attributes: {
      'logfire.msg': "Responses API with 'gpt-4o-mini'",
      'gen_ai.response.model': 'gpt-4o-mini',
      'gen_ai.operation.name': 'chat',
      events: json([
        { 'event.name': 'gen_ai.user.message', content: QUESTION, role: 'user' },
        { 'event.name': 'gen_ai.assistant.message', content: ANSWER, role: 'assistant' },
      ]),
    },
    shows: { type: 'generation', name: "Responses API with 'gpt-4o-mini'", turns: [TURN] },
  },
  {
    client: 'LiveKit, a call of the model',
    scope: 'livekit-agents',
    name: 'llm_node',
    attributes: {
      'lk.room_name': 'room-1',
      'lk.chat_ctx': json({ items: [{ type: 'message', role: 'user', content: [QUESTION] }] }),
      'lk.response.text': ANSWER,
      'lk.response.ttft': 0.4,
    },
    shows: { session: 'room-1', firstToken: 400, turns: [TURN] },
  },
  {
    client: 'LiveKit, a tool',
    scope: 'livekit-agents',
    name: 'function_tool',
    attributes: {
      'lk.function_tool.name': 'look_up',
      'lk.function_tool.arguments': '{}',
      'lk.function_tool.output': 'Paris',
    },
    shows: { type: 'tool', name: 'look_up', input: '{}', output: 'Paris' },
  },
  {
    client: 'Genkit, in one of its chats',
    name: 'chat',
    attributes: {
      'genkit:type': 'util',
      'genkit:sessionId': 'chat-1',
      'genkit:input': json({ messages: [{ role: 'user', content: [{ text: QUESTION }] }] }),
      'genkit:output': json({ message: { role: 'model', content: [{ text: ANSWER }] } }),
    },
    shows: { session: 'chat-1', type: 'chain', turns: [TURN] },
  },
  {
    client: 'Semantic Kernel up to 1.37, and Azure’s tracer for LangChain, an agent',
    name: 'invoke_agent assistant',
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'assistant',
      'gen_ai.agent.invocation_input': MESSAGES,
      'gen_ai.agent.invocation_output': REPLY,
    },
    shows: { type: 'agent', turns: [TURN] },
  },
  {
    client: 'Azure AI Projects, a response',
    scope: 'azure.ai.projects',
    name: 'responses gpt-4o-mini',
    attributes: { ...CHAT, 'gen_ai.operation.name': 'responses', 'gen_ai.conversation.id': 'conv_1' },
    events: [
      ['gen_ai.user.message', { 'gen_ai.event.content': json({ content: [{ type: 'text', text: QUESTION }] }) }],
      [
        'gen_ai.assistant.message',
        { 'gen_ai.event.content': json({ content: [{ type: 'output_text', text: ANSWER }] }) },
      ],
    ],
    shows: { session: 'conv_1', type: 'generation', tokens: 120, turns: [TURN] },
  },
  {
    client: 'Agent Development Kit for Java',
    name: 'call_llm',
    attributes: {
      'gen_ai.system': 'com.google.vertex',
      'gen_ai.request.model': 'gemini-2.5-flash',
      'gcp.vertex.agent.session_id': 's-1',
      'gcp.vertex.agent.llm_request': json({
        config: { systemInstruction: { parts: [{ text: 'Be brief.' }] } },
        contents: [{ role: 'user', parts: [{ text: QUESTION }] }],
      }),
      'gcp.vertex.agent.llm_response': json({
        content: { role: 'model', parts: [{ text: ANSWER }] },
        usageMetadata: {
          promptTokenCount: 100,
          candidatesTokenCount: 20,
          totalTokenCount: 120,
          cachedContentTokenCount: 40,
        },
      }),
    },
    shows: {
      session: 's-1',
      type: 'generation',
      tokens: 120,
      kinds: ['input', 'input_cached_tokens', 'output'],
      turns: [TURN],
    },
  },
  {
    client: 'Google GenAI before 1.0, a function',
    scope: 'opentelemetry.instrumentation.google_genai',
    name: 'execute_tool look_up',
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'look_up',
      'code.function.parameters.country.type': 'str',
      'code.function.parameters.country.value': 'France',
      'code.function.return.type': 'str',
      'code.function.return.value': 'Paris',
    },
    shows: { type: 'tool', name: 'look_up', input: '{"country":"France"}', output: 'Paris' },
  },
  {
    client: 'Dify, a workflow',
    attributes: {
      'gen_ai.span.kind': 'CHAIN',
      'gen_ai.session.id': 's-1',
      'input.value': json({ 'sys.query': QUESTION, 'sys.files': [], 'sys.user_id': 'user-7' }),
      'output.value': json({ answer: ANSWER, files: [] }),
    },
    shows: { session: 's-1', type: 'chain', turns: [TURN] },
  },
  {
    client: 'Dify, its prompts, and Cohere, its history',
    attributes: {
      'gen_ai.span.kind': 'LLM',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.prompt': json([
        { role: 'USER', message: 'Hello' },
        { role: 'CHATBOT', message: 'Hi' },
        { role: 'user', text: QUESTION, files: [] },
      ]),
      'gen_ai.completion': ANSWER,
    },
    shows: { type: 'generation', turns: [TURN] },
  },
  {
    client: 'Traceloop, an answer of nobody’s role',
    attributes: {
      'llm.request.type': 'chat',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.prompt.0.user': QUESTION,
      'gen_ai.completion.0.role': 'unknown',
      'gen_ai.completion.0.content': ANSWER,
    },
    shows: { type: 'generation', turns: [TURN] },
  },
  {
    client: 'Traceloop, a task of CrewAI',
    attributes: {
      'traceloop.span.kind': 'task',
      'crewai.task.description': QUESTION,
      'crewai.task.result': ANSWER,
    },
    shows: { type: 'chain', turns: [TURN] },
  },
  {
    client: 'A state of LangGraph as Python writes it',
    attributes: {
      'openinference.span.kind': 'CHAIN',
      'input.value': `{'messages': [HumanMessage(content='${QUESTION}', additional_kwargs={}, id='1')]}`,
      'output.value': `{'messages': [HumanMessage(content='${QUESTION}'), AIMessage(content='${ANSWER}', tool_calls=[])]}`,
    },
    shows: { type: 'chain', turns: [TURN] },
  },
  {
    client: 'Haystack’s own tracer, a generator',
    name: 'haystack.component.run',
    attributes: {
      'haystack.component.name': 'llm',
      'haystack.component.type': 'OpenAIChatGenerator',
      'haystack.component.input': json({ messages: [{ role: 'user', content: [{ text: QUESTION }], meta: {} }] }),
      'haystack.component.output': json({
        replies: [
          {
            role: 'assistant',
            content: [{ text: ANSWER }],
            meta: { model: 'gpt-4o-mini', usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } },
          },
        ],
      }),
    },
    shows: { type: 'generation', name: 'llm', model: 'gpt-4o-mini', tokens: 120, turns: [TURN] },
  },
  {
    client: 'Haystack 3, a tool of an agent',
    name: 'haystack.agent.step.tool',
    attributes: {
      'haystack.tool.name': 'look_up',
      'haystack.agent.step.tool.input': '{"country":"France"}',
      'haystack.agent.step.tool.output': 'Paris',
    },
    shows: { type: 'tool', name: 'look_up', input: '{"country":"France"}', output: 'Paris' },
  },
  {
    client: 'LlamaIndex, what it calls a model with',
    attributes: {
      ...OPEN_INFERENCE,
      'input.value': json({
        tools: ['<FunctionTool object>'],
        user_msg: null,
        chat_history: [
          `ChatMessage(role=<MessageRole.USER: 'user'>, additional_kwargs={}, blocks=[TextBlock(block_type='text', text='${QUESTION}')])`,
        ],
      }),
      'output.value': ANSWER,
    },
    shows: { type: 'generation', turns: [TURN] },
  },
  {
    client: 'Sentry',
    attributes: { ...CHAT, 'gen_ai.request.messages': MESSAGES, 'gen_ai.response.text': ANSWER },
    shows: { type: 'generation', tokens: 120, turns: [TURN] },
  },
  {
    client: 'Sentry, an answer that calls a tool',
    attributes: {
      ...CHAT,
      'gen_ai.request.messages': MESSAGES,
      'gen_ai.response.tool_calls': json([{ id: 'c-1', type: 'function_call', name: 'look_up', arguments: '{}' }]),
    },
    shows: { turns: [`${QUESTION} → [look_up]`] },
  },
  {
    client: 'Agent Development Kit for Python, newer names of counts',
    attributes: {
      ...CHAT,
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.usage.experimental.cached_tokens': 40,
      'gen_ai.usage.experimental.reasoning_tokens': 8,
    },
    shows: { tokens: 120, kinds: ['input', 'input_cached_tokens', 'output', 'output_reasoning_tokens'] },
  },
  {
    client: 'Choices of OpenAI’s chat in place of messages',
    attributes: {
      ...CHAT,
      'gen_ai.input.messages': MESSAGES,
      'gen_ai.output.messages': json([
        { index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' },
      ]),
    },
    shows: { turns: [TURN] },
  },
  {
    client: 'GenAI conventions, a tool that the provider calls',
    attributes: {
      ...CHAT,
      'gen_ai.input.messages': GEN_AI_QUESTION,
      'gen_ai.output.messages': json([
        {
          role: 'assistant',
          parts: [
            { type: 'server_tool_call', id: 'c-1', name: 'web_search', server_tool_call: { type: 'web_search' } },
            { type: 'text', content: ANSWER },
          ],
        },
      ]),
    },
    shows: { turns: [`${QUESTION} → [web_search] ${ANSWER}`] },
  },
];
