import type { ObservationType } from '@powerrag/protocol';
import type { Rule, SpanReader } from './span-reader.js';

/** Quarkus LangChain4j, whose spans around services and tools say what they are by their names alone. Its calls of models are GenAI. */

const TOOL = 'langchain4j.tools.';
const SERVICE = 'langchain4j.aiservices.';

export const type: Rule<ObservationType> = (span) => {
  if (nameOf(span).startsWith(TOOL)) return 'tool';
  return nameOf(span).startsWith(SERVICE) ? 'chain' : undefined;
};

export const name: Rule<string> = (span) =>
  nameOf(span).startsWith(TOOL) ? nameOf(span).slice(TOOL.length) : undefined;

function nameOf(span: SpanReader): string {
  return span.span.name;
}
