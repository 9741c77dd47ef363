/** The parts of a regular expression. A set is one character of several, such as `\w`, `[^a-z]`, `.` or `a`. */
export type Tree =
  | { readonly kind: 'set' | 'assertion'; readonly source: string }
  | { readonly kind: 'sequence' | 'choice'; readonly trees: readonly Tree[] }
  | { readonly kind: 'group'; readonly index: number; readonly tree: Tree }
  | { readonly kind: 'reference'; readonly index: number }
  | { readonly kind: 'look'; readonly isBehind: boolean; readonly isNegative: boolean; readonly tree: Tree }
  | {
      readonly kind: 'repeat';
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
      readonly tree: Tree;
    };

/** @throws where the syntax is not known here */
export function parse(source: string): Tree {
  let at = 0;
  let groups = 0;
  const take = (expression: RegExp): RegExpExecArray | undefined => {
    expression.lastIndex = at;
    const found = expression.exec(source);
    if (!found) return undefined;
    at += found[0].length;
    return found;
  };
  const choice = (): Tree => {
    const trees = [sequence()];
    while (take(/\|/y)) trees.push(sequence());
    const [only] = trees;
    return trees.length === 1 && only ? only : { kind: 'choice', trees };
  };
  const sequence = (): Tree => {
    const trees: Tree[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') trees.push(quantified(atom()));
    return { kind: 'sequence', trees };
  };
  const quantified = (tree: Tree): Tree => {
    const found = take(/(?:([*+?])|\{(\d+)(,?)(\d*)\})(\?)?/y);
    if (!found) return tree;
    const [, sign, least, comma, most, lazy] = found;
    const min = sign ? Number(sign === '+') : Number(least);
    const max = sign === '?' ? 1 : sign || (comma && !most) ? Number.POSITIVE_INFINITY : Number(most || least);
    return { kind: 'repeat', min, max, isLazy: lazy !== undefined, tree };
  };
  const enclosed = (): Tree => {
    const tree = choice();
    if (!take(/\)/y)) throw new Error(`A group of ${source} does not end.`);
    return tree;
  };
  const atom = (): Tree => {
    const look = take(/\(\?(<?)([=!])/y);
    if (look) return { kind: 'look', isBehind: look[1] === '<', isNegative: look[2] === '!', tree: enclosed() };
    if (take(/\(\?:/y)) return enclosed();
    if (take(/\((?!\?)/y)) {
      groups += 1;
      return { kind: 'group', index: groups, tree: enclosed() };
    }
    const assertion = take(/[$^]|\\[bB]/y);
    if (assertion) return { kind: 'assertion', source: assertion[0] };
    const reference = take(/\\([1-9])/y);
    if (reference) return { kind: 'reference', index: Number(reference[1]) };
    const set = take(/\[(?:\\[\s\S]|[^\]\\])*\]|\\u[0-9A-Fa-f]{4}|\\[\s\S]|[^()\\[]/y);
    if (set) return { kind: 'set', source: set[0] };
    throw new Error(`The syntax of ${source} at ${at} is not known.`);
  };
  return choice();
}
