import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

/** Loaded on demand, with the languages that answers of models are usually in. */
const lowlight = createLowlight({
  ...{ bash, c, cpp, csharp, css, diff, go, java, javascript, json, kotlin, php, python },
  ...{ ruby, rust, sql, typescript, xml, yaml },
});
lowlight.registerAlias({
  javascript: ['jsx', 'mjs'],
  typescript: ['tsx'],
  bash: ['shell', 'console', 'zsh'],
  xml: ['vue', 'svelte'],
});

type Tree = ReturnType<typeof lowlight.highlight>;

/** A run of code of one colour. */
export interface CodeRun {
  readonly text: string;
  /** The kind of token, such as `keyword`; null for what has none. */
  readonly kind: string | null;
}

/** Cuts code into runs of one colour. Joined, the runs are the code. Null for a language that is not known. */
export function highlight(code: string, language: string): CodeRun[] | null {
  if (!lowlight.registered(language)) return null;
  const runs: CodeRun[] = [];
  const walk = (nodes: Tree['children'], kind: string | null): void => {
    for (const node of nodes) {
      if (node.type === 'text') runs.push({ text: node.value, kind });
      else if (node.type === 'element') walk(node.children, kindOf(node.properties.className) ?? kind);
    }
  };
  const { children } = lowlight.highlight(language, code);
  walk(children, null);
  return runs;
}

function kindOf(className: unknown): string | null {
  const name = Array.isArray(className) ? String(className[0]) : '';
  return name.startsWith('hljs-') ? name.slice('hljs-'.length) : null;
}
