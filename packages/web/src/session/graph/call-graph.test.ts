import { describe, expect, it } from 'vitest';
import { observation } from '../../testing/replay-document.js';
import { CallTotals } from './call-figures.js';
import { type CallGraph, callGraph } from './call-graph.js';

const turn = (traceId: string, startMs: number) => [
  observation({ id: 'root', traceId, startMs, endMs: startMs + 900, type: 'agent', name: 'chat', service: 'web' }),
  observation({ id: 'chain', traceId, startMs: startMs + 1, parentId: 'root', type: 'chain', service: 'web' }),
  observation({
    ...{ id: 'find', traceId, startMs: startMs + 2, parentId: 'chain', type: 'retriever' as const, name: 'search' },
    ...{ service: 'index', level: 'ERROR' as const },
  }),
  observation({
    ...{ id: 'call', traceId, startMs: startMs + 3, parentId: 'chain', type: 'generation' as const, name: 'answer' },
    ...{ service: 'web', model: 'gpt-4o' },
  }),
];

/** Each edge as words: caller, called, how often. */
function edgesOf({ nodes, edges }: CallGraph): string[] {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return edges.map(({ from, to, calls }) => `${names.get(from)} -> ${names.get(to)}: ${calls.length}`);
}

describe('callGraph', () => {
  it('shows each service, agent, model and search once, with all its calls', () => {
    const graph = callGraph([...turn('t1', 0), ...turn('t2', 5_000)]);
    expect(graph.nodes.map(({ kind, name, calls }) => `${kind} ${name} ${calls.length}`)).toEqual([
      'service web 2',
      'agent chat 2',
      'service index 2',
      'retriever search 2',
      'generation gpt-4o 2',
    ]);
  });

  it('what only holds others together is left out: its caller calls what it calls', () => {
    expect(edgesOf(callGraph([...turn('t1', 0), ...turn('t2', 5_000)]))).toEqual([
      'web -> chat: 2',
      'chat -> index: 2',
      'index -> search: 2',
      'chat -> gpt-4o: 2',
    ]);
  });

  it('what is left out belongs to the node around it', () => {
    const observations = turn('t1', 0);
    const graph = callGraph(observations);
    const chain = observations.find(({ id }) => id === 'chain');
    const agent = graph.nodes.find(({ name }) => name === 'chat');
    expect(chain && graph.nodeOf(chain)).toBe(agent?.id);
  });

  it('a parent that a wrong clock puts after its child is its caller all the same', () => {
    const child = observation({ id: 'tool', startMs: 0, parentId: 'root', type: 'tool', name: 'lookup' });
    const root = observation({ id: 'root', startMs: 10, type: 'agent', name: 'chat' });
    expect(edgesOf(callGraph([child, root]))).toEqual(['chat -> lookup: 1']);
  });

  it('a circle of parents ends where it closes', () => {
    const a = observation({ id: 'a', startMs: 0, parentId: 'b', type: 'agent' });
    const b = observation({ id: 'b', startMs: 1, parentId: 'a', type: 'agent' });
    expect(callGraph([a, b]).nodes).toHaveLength(2);
  });

  it('hundreds of tools are some tools and the rest in one', () => {
    const root = observation({ id: 'root', startMs: 0, type: 'agent', name: 'chat' });
    const tools = Array.from({ length: 300 }, (_, n) =>
      observation({ id: `t${n}`, startMs: n + 1, parentId: 'root', type: 'tool', name: `tool ${n}` }),
    );
    const graph = callGraph([root, ...tools]);
    expect(graph.nodes.length).toBeLessThanOrEqual(61);
    expect(graph.nodes.reduce((sum, { calls }) => sum + calls.length, 0)).toBe(301);
    expect(graph.nodes.at(-1)).toMatchObject({ kind: 'tool', name: '241 others' });
  });
});

describe('CallTotals', () => {
  it('counts a call from its start, and its time and error from its end', () => {
    const totals = new CallTotals([
      observation({ id: 'a', startMs: 0, endMs: 100 }),
      observation({ id: 'b', startMs: 50, endMs: 80, level: 'ERROR' }),
      observation({ id: 'c', startMs: 60, endMs: null }),
    ]);
    expect(totals.asOf(55)).toEqual({ calls: 2, timeMs: 0, errors: 0 });
    expect(totals.asOf(80)).toEqual({ calls: 3, timeMs: 30, errors: 1 });
    expect(totals.asOf(Number.POSITIVE_INFINITY)).toEqual({ calls: 3, timeMs: 130, errors: 1 });
  });
});
