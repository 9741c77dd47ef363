import { type RefObject, useEffect, useRef } from 'react';
import { Name, titleText } from '../../ui/shown-text.js';
import { ROW_PX } from './bars.js';
import type { TimelineLayout } from './layout.js';

/** Names beside the lanes; they scroll with them. */
export function LaneLabels({
  layout,
  area,
}: {
  readonly layout: TimelineLayout;
  readonly area: RefObject<HTMLDivElement | null>;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = area.current;
    const follow = (): void => {
      if (list.current && element) list.current.style.transform = `translateY(${-element.scrollTop}px)`;
    };
    element?.addEventListener('scroll', follow);
    return () => element?.removeEventListener('scroll', follow);
  }, [area]);
  return (
    <div className="timeline-lanes" aria-hidden="true" onWheel={(event) => area.current?.scrollBy(0, event.deltaY)}>
      <div ref={list} className="timeline-labels">
        {layout.lanes.map((lane) => (
          <div
            key={lane.firstRow}
            className="timeline-label"
            style={{ height: lane.rowCount * ROW_PX }}
            title={titleText(lane.label)}
          >
            <Name text={lane.label} />
          </div>
        ))}
      </div>
    </div>
  );
}
