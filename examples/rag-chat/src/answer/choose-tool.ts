import type { ToolCall } from './model.js';

/**
 * The tool call that a question asks for explicitly, or null. A language model decides this itself; the
 * extractive answerer looks at the words.
 */
export function chooseTool(question: string, knownSettings: readonly string[]): ToolCall | null {
  const document = /\b(?:docs\/)?([\w-]+)\.md\b/.exec(question);
  if (document && /\b(?:open|read|show|quote|print)\b/i.test(question)) {
    const path = document[1] === 'README' && !document[0].startsWith('docs/') ? 'README.md' : `docs/${document[1]}.md`;
    return call('read_section', { document: path });
  }
  if (/\b(?:which|what|list|all)\b.*\b(?:documents|guides|docs)\b/i.test(question)) return call('list_documents', {});
  const name = namedSetting(question, knownSettings);
  return name === undefined ? null : call('lookup_configuration', { name });
}

/** An environment variable counts even where no table knows it: the look-up then says so. Other names are ordinary words too often. */
function namedSetting(question: string, known: readonly string[]): string | undefined {
  const variable = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/.exec(question)?.[0];
  if (variable) return variable;
  const quoted = new Set([...question.matchAll(/`([^`]+)`|(--[a-z-]+)/g)].map(([, code, flag]) => code ?? flag));
  return known.find((name) => quoted.has(name));
}

function call(name: string, args: Record<string, string>): ToolCall {
  return { id: `call-${name}`, type: 'function', function: { name, arguments: JSON.stringify(args) } };
}
