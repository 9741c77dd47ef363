import { Virtualizer } from '@tanstack/react-virtual';
import { expect, it } from 'vitest';
import { SCROLL_RANGE } from './known-scroll-range.js';

it('a virtual list asks for the range of its element where the page answers', () => {
  const list = new Virtualizer<HTMLDivElement, Element>({
    ...{ count: 1, getScrollElement: () => null, estimateSize: () => 1 },
    ...{ scrollToFn: () => {}, observeElementRect: () => {}, observeElementOffset: () => {} },
  });
  expect(Object.keys(list)).toContain(SCROLL_RANGE);
});
