/** A switch between views of one thing. */
export function Segments<T extends string>({
  label,
  names,
  chosen,
  onChoose,
}: {
  readonly label: string;
  /** Each view and what it is called, in the order in which they are shown. */
  readonly names: Readonly<Record<T, string>>;
  readonly chosen: T;
  readonly onChoose: (view: T) => void;
}) {
  const views = Object.entries(names) as [T, string][];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="segments" role="group" aria-label={label}>
      {views.map(([view, name]) => (
        <button key={view} type="button" aria-pressed={view === chosen} onClick={() => onChoose(view)}>
          {name}
        </button>
      ))}
    </div>
  );
}
