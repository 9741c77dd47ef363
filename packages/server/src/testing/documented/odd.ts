import { ANSWER, json, QUESTION, type Sample } from './sample.js';

const OPEN_INFERENCE = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'm' };
const ASKED = {
  'llm.input_messages.0.message.role': 'user',
  'llm.input_messages.0.message.content': QUESTION,
};
const ANSWERED = {
  'llm.output_messages.0.message.role': 'assistant',
  'llm.output_messages.0.message.content': ANSWER,
};

/** What instrumentations write where they have no JSON of it, or no words. */
export const ODD_SAMPLES: readonly Sample[] = [
  {
    client: 'Groq through OpenInference, a stream in place of its words',
    scope: 'openinference.instrumentation.groq',
    attributes: { ...OPEN_INFERENCE, ...ASKED, 'output.value': '<groq.Stream object at 0x7fec51526690>' },
    shows: { output: null, turns: [`${QUESTION} → `] },
  },
  {
    client: 'Mistral through OpenInference, a picture',
    scope: 'openinference.instrumentation.mistralai',
    attributes: {
      ...OPEN_INFERENCE,
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content':
        '[{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": "https://example.com/a.png"}]',
      ...ANSWERED,
    },
    shows: { turns: [`What is it? media → ${ANSWER}`] },
  },
  {
    client: 'OpenInference, a message that begins like a list of parts',
    attributes: {
      ...OPEN_INFERENCE,
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content': '[{"type": "dog"}, "cat"]',
      ...ANSWERED,
    },
    shows: { turns: [`[{"type": "dog"}, "cat"] → ${ANSWER}`] },
  },
  {
    client: 'Cohere through OpenInference, an embedding with its whole request',
    attributes: {
      'openinference.span.kind': 'EMBEDDING',
      'embedding.model_name': 'embed-v4',
      'embedding.embeddings.0.embedding.text': QUESTION,
      'input.value': json({ model: 'embed-v4', texts: [QUESTION] }),
      'output.value': json({ embeddings: { float: [[0.1, 0.2]] }, texts: [QUESTION] }),
    },
    shows: { type: 'embedding', input: QUESTION },
  },
  {
    client: 'Cohere through OpenInference, a ranking',
    attributes: {
      'openinference.span.kind': 'RERANKER',
      'reranker.model_name': 'rerank-v3.5',
      'reranker.query': QUESTION,
      'reranker.input_documents.0.document.content': 'Paris',
      'reranker.output_documents.0.document.content': 'Paris',
      'reranker.output_documents.0.document.score': 0.9,
    },
    shows: {
      type: 'retriever',
      input: json({ query: QUESTION, documents: [{ content: 'Paris' }] }),
      output: json([{ content: 'Paris', score: 0.9 }]),
    },
  },
  {
    client: 'OpenLIT, an embedding of Cohere',
    scope: 'openlit.instrumentation.cohere',
    attributes: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.request.model': 'embed-v4',
      'gen_ai.input.messages': "['hello']",
    },
    shows: { type: 'embedding', turns: ['hello → '] },
  },
  {
    client: 'OpenLIT, a tool of LangChain',
    scope: 'openlit.instrumentation.langchain',
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.tool.call.arguments': "{'city': 'Paris'}",
      'gen_ai.tool.call.result': `content='{"temp": 21}' name='get_weather' tool_call_id='call_9'`,
    },
    shows: { type: 'tool', input: '{"city":"Paris"}', output: '{"temp": 21}' },
  },
  {
    client: 'Agent Development Kit through OpenInference, a run that failed',
    scope: 'openinference.instrumentation.google_adk',
    name: 'invocation [demo]',
    attributes: {
      'openinference.span.kind': 'CHAIN',
      'session.id': 's',
      'input.value': json({ user_id: 'user-7', new_message: { parts: [{ text: QUESTION }], role: 'user' } }),
      'output.value': json({ error_code: 'ClientError', error_message: '400 The model exploded', invocation_id: 'e' }),
    },
    shows: { output: null, turns: [`${QUESTION} → `] },
  },
  {
    client: 'Logfire, a completion without its prompt',
    scope: 'logfire.openai',
    name: 'Completion with {request_data[model]!r}',
    attributes: {
      request_data: json({ model: 'gpt-3.5-turbo-instruct' }),
      'gen_ai.request.model': 'gpt-3.5-turbo-instruct',
      'gen_ai.operation.name': 'text_completion',
      response_data: json({ text: ANSWER }),
    },
    shows: { type: 'generation', turns: [` → ${ANSWER}`] },
  },
  {
    client: 'OpenLLMetry for LangChain, a streamed answer of nobody’s role',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.input.messages': json([{ role: 'user', parts: [{ type: 'text', content: QUESTION }] }]),
      'gen_ai.output.messages': json([
        { role: 'unknown', parts: [{ type: 'text', content: ANSWER }], finish_reason: 'stop' },
      ]),
    },
    shows: { turns: [`${QUESTION} → ${ANSWER}`] },
  },
  {
    client: 'Laminar, a function that is given nothing and gives nothing back',
    scope: 'lmnr.tracer',
    attributes: { 'lmnr.span.input': '{}', 'lmnr.span.output': '[]' },
    shows: { turns: [] },
  },
];
