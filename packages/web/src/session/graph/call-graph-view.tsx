import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { Notice } from '../../ui/notice.js';
import { ScrollArea } from '../../ui/scroll-area.js';
import { Segments } from '../../ui/segments.js';
import { useReplay, useReplayState, useSelect } from '../state/replay-context.js';
import type { ReplayState, Selection } from '../state/replay-store.js';
import type { SessionHistory } from '../state/session-history.js';
import { type CallEdge, type CallGraph, type CallNode, callGraph } from './call-graph.js';
import { CallList } from './call-list.js';
import { CallNodeButton } from './call-node.js';
import { type GraphLayout, layOutGraph, NODE_HEIGHT, NODE_WIDTH } from './graph-layout.js';
import './graph.css';

const SHAPES = { picture: 'Picture', table: 'Table' } as const;

/** A picture that is too wide is made smaller, as far as it can still be read. */
const SMALLEST = 0.8;

/** A screen as wide as one pane, as the style sheet of the session has it: a picture would show a corner of itself. */
const ONE_PANE = '(max-width: 760px)';

const selectionOf = (state: ReplayState) => state.selection;

/** Who called whom in the session, as a picture or as a table. A click selects a call, and each further click the next one. */
export default function CallGraphView() {
  const { history } = useReplay();
  const select = useSelect();
  const selection = useReplayState(selectionOf);
  const [shape, setShape] = useState<keyof typeof SHAPES>(matchMedia(ONE_PANE).matches ? 'table' : 'picture');
  const area = useRef<HTMLDivElement>(null);
  const room = useWidth(area);
  const graph = useMemo(() => callGraph(history.observations), [history]);
  const chosen = useMemo(() => chosenNode(graph, selection, history), [graph, selection, history]);
  const choose = (node: CallNode): void => {
    const at = node.calls.findIndex((call) => isSelected(selection, call));
    const next = node.calls[at + 1] ?? node.calls[0];
    if (next) select({ traceId: next.traceId, observationId: next.id });
  };
  if (graph.nodes.length === 0) return <Notice title="Nothing ran in this session" />;
  return (
    <section className="graph" aria-label="Graph of calls">
      <div className="graph-bar">
        <Segments label="Shape of the graph" names={SHAPES} chosen={shape} onChoose={setShape} />
      </div>
      <ScrollArea ref={area} className="graph-scroll" label="Calls">
        {shape === 'table' ? (
          <CallList graph={graph} chosen={chosen} onChoose={choose} />
        ) : (
          <Picture graph={graph} chosen={chosen} selection={selection} room={room} onChoose={choose} />
        )}
      </ScrollArea>
    </section>
  );
}

function Picture({
  graph,
  chosen,
  selection,
  room,
  onChoose,
}: {
  readonly graph: CallGraph;
  readonly chosen: string | undefined;
  readonly selection: Selection | null;
  /** The width that there is, CSS pixels. */
  readonly room: number;
  readonly onChoose: (node: CallNode) => void;
}) {
  const layout = useMemo(
    () =>
      layOutGraph(
        graph.nodes.map(({ id }) => id),
        graph.edges,
      ),
    [graph],
  );
  // Read from left to right, column by column, as it is seen.
  const nodes = useMemo(() => inReadingOrder(graph.nodes, layout), [graph, layout]);
  return (
    <div
      className="graph-picture"
      style={{ width: layout.width, height: layout.height, zoom: fittingZoom(layout, room) }}
    >
      <svg width={layout.width} height={layout.height} aria-hidden="true">
        <title>Calls</title>
        {graph.edges.map((edge) => (
          <Edge
            key={`${edge.from} ${edge.to}`}
            edge={edge}
            layout={layout}
            isChosen={edge.from === chosen || edge.to === chosen}
          />
        ))}
      </svg>
      <ol>
        {nodes.map((node) => {
          const place = layout.places.get(node.id);
          return place ? (
            <li key={node.id} style={{ left: place.x, top: place.y, width: NODE_WIDTH, height: NODE_HEIGHT }}>
              <CallNodeButton
                node={node}
                chosen={node.id === chosen ? 1 + node.calls.findIndex((call) => isSelected(selection, call)) : null}
                onChoose={onChoose}
              />
            </li>
          ) : null;
        })}
      </ol>
    </div>
  );
}

function Edge({
  edge,
  layout,
  isChosen,
}: {
  readonly edge: CallEdge;
  readonly layout: GraphLayout;
  readonly isChosen: boolean;
}) {
  const from = layout.places.get(edge.from);
  const to = layout.places.get(edge.to);
  if (!from || !to) return null;
  const isBack = layout.isBack(edge) || edge.from === edge.to;
  // What leads back leaves at the bottom and comes in at the bottom.
  const [x1, y1] = isBack ? [from.x + NODE_WIDTH / 2, from.y + NODE_HEIGHT] : [from.x + NODE_WIDTH, middleOf(from.y)];
  const [x2, y2] = isBack ? [to.x + NODE_WIDTH / 4, to.y + NODE_HEIGHT] : [to.x, middleOf(to.y)];
  const bend = isBack ? 44 : Math.max(28, (x2 - x1) / 2);
  const path = isBack
    ? `M ${x1} ${y1} C ${x1} ${y1 + bend}, ${x2} ${y2 + bend}, ${x2} ${y2}`
    : `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
  return (
    <path
      className="graph-edge"
      d={path}
      data-chosen={isChosen || undefined}
      data-back={isBack || undefined}
      // A line for one call, and a stronger one for many.
      strokeWidth={1 + Math.min(4, Math.log10(edge.calls.length) * 1.5)}
    />
  );
}

function fittingZoom({ width }: GraphLayout, room: number): number {
  return room === 0 ? 1 : Math.min(1, Math.max(SMALLEST, room / width));
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

function middleOf(top: number): number {
  return top + NODE_HEIGHT / 2;
}

function inReadingOrder(nodes: readonly CallNode[], { places }: GraphLayout): CallNode[] {
  const keyOf = ({ id }: CallNode): { x: number; y: number } => places.get(id) ?? { x: 0, y: 0 };
  return nodes.toSorted((a, b) => keyOf(a).x - keyOf(b).x || keyOf(a).y - keyOf(b).y);
}

function isSelected(selection: Selection | null, { traceId, id }: CallNode['calls'][number]): boolean {
  return selection !== null && selection.observationId === id && selection.traceId === traceId;
}

/** The node of what is selected; of a whole trace, that of its first observation. */
function chosenNode(graph: CallGraph, selection: Selection | null, history: SessionHistory): string | undefined {
  if (selection === null) return undefined;
  const { traceId, observationId } = selection;
  const observation =
    observationId === null
      ? history.observations.find((o) => o.traceId === traceId && o.depth === 0)
      : history.find(traceId, observationId);
  return observation && graph.nodeOf(observation);
}
