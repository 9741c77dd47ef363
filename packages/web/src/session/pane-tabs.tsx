const PANES = ['conversation', 'tree', 'observation'] as const;

export type Pane = (typeof PANES)[number];

const NAMES: Record<Pane, string> = { conversation: 'Conversation', tree: 'Outline', observation: 'Observation' };

/** Where a screen is too narrow for all panes: which one to show. */
export function PaneTabs({ pane, onChoose }: { readonly pane: Pane; readonly onChoose: (pane: Pane) => void }) {
  return (
    <nav className="pane-tabs" aria-label="Panes">
      {PANES.map((name) => (
        <button key={name} type="button" aria-pressed={name === pane} onClick={() => onChoose(name)}>
          {NAMES[name]}
        </button>
      ))}
    </nav>
  );
}
