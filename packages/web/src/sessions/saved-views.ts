import { readStored, writeStored } from '../api/stored.js';

/** A list that somebody gave a name. Kept in this browser. */
export interface SavedView {
  readonly name: string;
  /** The query of its address, without the `?`. */
  readonly query: string;
  /** Whether the list opens with it. One view at most. */
  readonly isDefault: boolean;
}

const STORED = 'views';
const MOST_NAME = 60;

export function readViews(): readonly SavedView[] {
  return parseViews(readStored(STORED));
}

export function writeViews(views: readonly SavedView[]): void {
  writeStored(STORED, JSON.stringify(views));
}

/** Views from what was stored; what is not a view is left out. */
export function parseViews(text: string | null): readonly SavedView[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(stored) ? stored.filter(isView) : [];
  } catch {
    return [];
  }
}

/** The views with one more. A name that is taken stands for the new list. */
export function withView(views: readonly SavedView[], name: string, query: string): readonly SavedView[] {
  const called = name.trim().slice(0, MOST_NAME);
  if (called === '') return views;
  const before = views.find((view) => view.name === called);
  if (before === undefined) return [...views, { name: called, query, isDefault: false }];
  return views.map((view) => (view === before ? { ...view, query } : view));
}

/** The views with this one as the default, or with none where it is the default already. */
export function toggleDefault(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.map((view) => ({ ...view, isDefault: view.name === name && !view.isDefault }));
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  const { name, query, isDefault } = value as Partial<Record<keyof SavedView, unknown>>;
  return typeof name === 'string' && typeof query === 'string' && typeof isDefault === 'boolean';
}

/** The address at which the list opens. */
export function defaultView(): string {
  const query = readViews().find(({ isDefault }) => isDefault)?.query ?? '';
  return query === '' ? '/sessions' : `/sessions?${query}`;
}
