import { formatCount, formatDuration } from '../../ui/format.js';
import { Name } from '../../ui/shown-text.js';
import { TypeDot } from '../../ui/type-badge.js';
import type { CallEdge, CallGraph, CallNode } from './call-graph.js';
import { kindName, useFigures } from './call-node.js';

/** The graph as a table: each caller with what it called. It says all that the picture does. */
export function CallList({
  graph,
  chosen,
  onChoose,
}: {
  readonly graph: CallGraph;
  /** The node that is selected. */
  readonly chosen: string | undefined;
  readonly onChoose: (node: CallNode) => void;
}) {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const called = new Set(graph.edges.map(({ to }) => to));
  const entries = graph.nodes.filter(({ id }) => !called.has(id));
  return (
    <table className="call-list">
      <caption className="visually-hidden">Who called whom</caption>
      <thead>
        <tr>
          <th scope="col">Caller</th>
          <th scope="col">Called</th>
          <th scope="col">Calls</th>
          <th scope="col">Time</th>
          <th scope="col">Errors</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((node) => (
          <Call key={node.id} from={undefined} to={node} calls={node.calls} chosen={chosen} onChoose={onChoose} />
        ))}
        {graph.edges.map(({ from, to, calls }) => {
          const node = nodes.get(to);
          if (node === undefined) return null;
          return (
            <Call
              key={`${from} ${to}`}
              from={nodes.get(from)}
              to={node}
              calls={calls}
              chosen={chosen}
              onChoose={onChoose}
            />
          );
        })}
      </tbody>
    </table>
  );
}

function Call({
  from,
  to,
  calls,
  chosen,
  onChoose,
}: {
  readonly from: CallNode | undefined;
  readonly to: CallNode;
  readonly calls: CallEdge['calls'];
  readonly chosen: string | undefined;
  readonly onChoose: (node: CallNode) => void;
}) {
  const figures = useFigures(calls);
  if (figures.calls === 0) return null;
  return (
    <tr>
      <td>{from === undefined ? <span className="quiet">start</span> : <Named node={from} />}</td>
      <td>
        <button type="button" className="call-name" aria-pressed={chosen === to.id} onClick={() => onChoose(to)}>
          <Named node={to} />
        </button>
      </td>
      <td>{formatCount(figures.calls)}</td>
      <td>{formatDuration(figures.timeMs)}</td>
      <td data-danger={figures.errors > 0 || undefined}>{formatCount(figures.errors)}</td>
    </tr>
  );
}

function Named({ node: { kind, name } }: { readonly node: CallNode }) {
  return (
    <span className="call-named">
      <TypeDot type={kind === 'service' ? 'span' : kind} />
      <span className="quiet">{kindName(kind)}</span> <Name text={name} />
    </span>
  );
}
