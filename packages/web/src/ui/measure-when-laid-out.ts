import { measureElement, type Virtualizer } from '@tanstack/react-virtual';

/**
 * Measures rows of a virtual list when the browser has laid them out anyway. Until then a row has the size that it had when it was
 * last seen, or the estimate: reading the size of a row as it is inserted lays out the page once for each row.
 */
export function measureWhenLaidOut<T extends Element>(
  element: T,
  entry: ResizeObserverEntry | undefined,
  list: Virtualizer<HTMLDivElement, T>,
): number {
  if (entry !== undefined) return measureElement(element, entry, list);
  const position = list.indexFromElement(element);
  return list.measurementsCache[position]?.size ?? list.options.estimateSize(position);
}
