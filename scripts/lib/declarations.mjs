import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './run.mjs';

/**
 * @typedef {object} Doc
 * @property {string} meaning the docstring in one line, without the parts below
 * @property {string} [fallback] what its sentence "Default: …" says
 * @property {string} [wire] what its tag `@wire` says
 */

/**
 * @typedef {Doc & { name: string, type: string }} Member a property of an interface
 * @typedef {Doc & { name: string, values: string[] }} Entry a property of a constant; the strings that it holds
 */

/**
 * @param {string} path relative to the root
 * @returns {ts.SourceFile}
 */
function parse(path) {
  return ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
}

/**
 * The properties of an interface, in order.
 * @param {string} path
 * @param {string} name
 * @returns {Member[]}
 */
export function membersOf(path, name) {
  const found = parse(path).statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  if (!found || !ts.isInterfaceDeclaration(found)) throw new Error(`${path} has no interface ${name}.`);
  return found.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(),
    type: (member.type?.getText() ?? 'unknown').replace(/\breadonly /g, '').replace(/\s+/g, ' '),
    ...docOf(member),
  }));
}

/**
 * The properties of a constant object or the elements of a constant list, in order.
 * @param {string} path
 * @param {string} name
 * @returns {Entry[]}
 */
export function entriesOf(path, name) {
  const declared = parse(path)
    .statements.filter(ts.isVariableStatement)
    .flatMap((statement) => [...statement.declarationList.declarations])
    .find((declaration) => declaration.name.getText() === name);
  let value = declared?.initializer;
  if (value && (ts.isAsExpression(value) || ts.isSatisfiesExpression(value))) value = value.expression;
  if (value && ts.isArrayLiteralExpression(value)) {
    return value.elements.map((element) => ({ name: '', values: stringsIn(element), ...commentBefore(element) }));
  }
  if (!value || !ts.isObjectLiteralExpression(value)) throw new Error(`${path} has no constant ${name}.`);
  return value.properties.filter(ts.isPropertyAssignment).map((property) => ({
    name: property.name.getText(),
    values: stringsIn(property.initializer),
    ...docOf(property),
  }));
}

/**
 * The members of a union of strings, in order.
 * @param {string} path
 * @param {string} name
 * @returns {Entry[]}
 */
export function choicesOf(path, name) {
  const found = parse(path).statements.find((node) => ts.isTypeAliasDeclaration(node) && node.name.text === name);
  if (!found || !ts.isTypeAliasDeclaration(found) || !ts.isUnionTypeNode(found.type)) {
    throw new Error(`${path} has no union ${name}.`);
  }
  return found.type.types.map((type) => ({ name: '', values: stringsIn(type), ...commentBefore(type) }));
}

/**
 * Exported constants that hold one text or number, by name.
 * @param {string} path
 * @returns {(Doc & { name: string, value: string })[]}
 */
export function constantsOf(path) {
  return parse(path)
    .statements.filter(ts.isVariableStatement)
    .flatMap((statement) =>
      statement.declarationList.declarations.map((declaration) => ({
        name: declaration.name.getText(),
        value: (declaration.initializer?.getText() ?? '').replace(/^['"]|['"]$/g, '').replace(/(?<=\d)_(?=\d)/g, ''),
        ...docOf(statement),
      })),
    );
}

/**
 * What is given to calls of these functions, and to these properties, as text: `…` where a value is put in.
 * @param {string} path
 * @param {{ calls: readonly string[], properties: readonly string[] }} where
 * @returns {string[]}
 */
export function messagesOf(path, { calls, properties }) {
  /** @type {string[]} */
  const messages = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      if (calls.includes(node.expression.name.text) && node.arguments[0]) messages.push(textOf(node.arguments[0]));
    } else if (ts.isPropertyAssignment(node) && properties.includes(node.name.getText())) {
      messages.push(textOf(node.initializer));
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path));
  return messages.filter((message) => message.replaceAll('…', '').trim() !== '');
}

/**
 * @param {ts.Node} node
 * @returns {string}
 */
function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  }
  if (ts.isBinaryExpression(node)) return textOf(node.left) + textOf(node.right);
  return '…';
}

/**
 * Every string in an expression.
 * @param {ts.Node} node
 * @returns {string[]}
 */
function stringsIn(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  /** @type {string[]} */
  const found = [];
  ts.forEachChild(node, (child) => void found.push(...stringsIn(child)));
  return found;
}

/**
 * @param {ts.Node} node
 * @returns {Doc}
 */
function docOf(node) {
  const doc = ts.getJSDocCommentsAndTags(node).findLast(ts.isJSDoc);
  const wire = doc?.tags?.find((tag) => tag.tagName.text === 'wire');
  return toDoc(ts.getTextOfJSDocComment(doc?.comment) ?? '', ts.getTextOfJSDocComment(wire?.comment));
}

/**
 * The comment before a node that TypeScript keeps none for.
 * @param {ts.Node} node
 * @returns {Doc}
 */
function commentBefore(node) {
  const source = node.getSourceFile().text;
  // A member of a union begins after its bar, and its comment stands before the bar.
  const bar = source.slice(node.pos, node.getStart()).includes('|')
    ? node.pos
    : source.lastIndexOf('|', node.getStart());
  const start = bar > 0 && source.slice(bar, node.getStart()).trim() === '|' ? bar : node.getStart();
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(source.slice(0, start))?.[1] ?? '';
  return toDoc(comment.replace(/^\s*\*/gm, ''), undefined);
}

/**
 * @param {string} comment
 * @param {string | undefined} wire
 * @returns {Doc}
 */
function toDoc(comment, wire) {
  const sentences = oneLine(comment).split(/(?<=[.!?])\s+(?=[A-Z`])/);
  const fallback = sentences.find((sentence) => sentence.startsWith('Default'));
  return {
    meaning: sentences.filter((sentence) => sentence !== fallback).join(' '),
    ...(fallback === undefined ? {} : { fallback: fallback.replace(/^Default(?: is)?:? */, '').replace(/\.$/, '') }),
    ...(wire === undefined ? {} : { wire: oneLine(wire) }),
  };
}

/** @param {string} text */
function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}
