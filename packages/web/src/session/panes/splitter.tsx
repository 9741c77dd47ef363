import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import './splitter.css';

const STEP_PX = 24;

/** Where the pane lies that the splitter sizes, as seen from it. A drag that way makes the pane smaller, except `up`: that edge is the pane's own top. */
export type SplitterDirection = 'left' | 'right' | 'up';

/** The edge of a pane: drag it, or use the arrows. Of a pane that may be hidden, Enter hides it or brings it back. */
export function Splitter({
  label,
  direction,
  value,
  least,
  most,
  onChange,
  onToggle,
}: {
  readonly label: string;
  readonly direction: SplitterDirection;
  /** CSS pixels. */
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
  readonly onToggle?: () => void;
}) {
  const from = useRef({ at: 0, value: 0 });
  const isSide = direction !== 'up';
  const at = (event: PointerEvent): number => (isSide ? event.clientX : event.clientY);
  const grow = direction === 'left' ? 1 : -1;
  const set = (next: number): void => onChange(Math.round(Math.min(most, Math.max(least, next))));
  const onKeyDown = (event: KeyboardEvent): void => {
    const [smaller, larger] =
      direction === 'left'
        ? ['ArrowLeft', 'ArrowRight']
        : isSide
          ? ['ArrowRight', 'ArrowLeft']
          : ['ArrowDown', 'ArrowUp'];
    if (event.key === larger) set(value + STEP_PX);
    else if (event.key === smaller) set(value - STEP_PX);
    else if (event.key === 'Enter' && onToggle) onToggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a splitter that moves is a separator with a value, which hr is not
    <div
      className="splitter"
      data-direction={direction}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isSide ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(value)}
      aria-valuemin={least}
      aria-valuemax={most}
      title={onToggle ? `${label}: drag; double click hides or shows it` : label}
      onKeyDown={onKeyDown}
      onDoubleClick={onToggle}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { at: at(event), value };
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const moved = at(event) - from.current.at;
        if (moved !== 0) set(from.current.value + grow * moved);
      }}
    />
  );
}
