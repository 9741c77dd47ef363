import { useRef, useState } from 'react';
import { ScrollArea } from '../../ui/scroll-area.js';
import { useStored } from '../../ui/use-stored.js';
import { Splitter } from '../panes/splitter.js';
import { PlayerBar } from '../player/player-bar.js';
import { HEAD_PX, ROW_PX } from './bars.js';
import { LaneLabels } from './lane-labels.js';
import { Minimap } from './minimap.js';
import { TimelineBar } from './timeline-bar.js';
import { type Hover, Tooltip } from './tooltip.js';
import { useGestures } from './use-gestures.js';
import { useTimelinePicture } from './use-picture.js';
import { useTimelineView } from './use-view.js';
import './timeline.css';

/** Heights that the lanes may be given, CSS pixels. */
const LEAST_PX = 84;
const MOST_PX = 600;
const AT_FIRST_PX = 190;
/** A phone, or a screen as low as at 200 % zoom; as the style sheet of the session has them. */
const LITTLE_ROOM = '(max-width: 760px), (max-height: 600px)';

/** The player, and below it every observation of every trace and service on one axis of time. */
export function Timeline() {
  const area = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const [height, setHeight] = useStored<number>('timeline-height', AT_FIRST_PX);
  // It would leave half of the screen, or less, to what is read.
  const [isHidden, setHidden] = useStored<boolean>('timeline-hidden', matchMedia(LITTLE_ROOM).matches);
  const view = useTimelineView(area);
  const barAt = useTimelinePicture(canvas, area, view);
  const gestures = useGestures(area, view, barAt, setHover);
  const contentPx = HEAD_PX + view.layout.rowCount * ROW_PX + 4;
  const lanesPx = Math.min(height, contentPx);

  return (
    <section className="pane timeline" aria-label="Timeline">
      {!isHidden && (
        <Splitter
          label="Height of the timeline"
          direction="up"
          value={lanesPx}
          least={LEAST_PX}
          most={Math.max(LEAST_PX, Math.min(MOST_PX, contentPx))}
          onChange={setHeight}
        />
      )}
      <PlayerBar />
      <TimelineBar view={view} isHidden={isHidden} onHide={() => setHidden(!isHidden)} />
      <div className="timeline-body" hidden={isHidden} style={{ gridTemplateRows: `auto ${lanesPx}px` }}>
        <div />
        <Minimap view={view} />
        <LaneLabels layout={view.layout} area={area} />
        <ScrollArea ref={area} className="timeline-area" label="Lanes">
          <canvas ref={canvas} {...gestures} />
          <div style={{ height: Math.max(0, contentPx - view.size.height) }} />
        </ScrollArea>
      </div>
      {hover && <Tooltip hover={hover} />}
    </section>
  );
}
