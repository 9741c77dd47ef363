import { OBSERVATION_TYPES, type ObservationType } from '@powerrag/protocol';

/** Colours as a canvas takes them. */
export interface Palette {
  /** A CSS font. */
  readonly font: string;
  readonly ground: string;
  readonly gap: string;
  readonly turn: string;
  readonly line: string;
  readonly text: string;
  readonly quiet: string;
  readonly onBar: string;
  readonly error: string;
  readonly playhead: string;
  /** The ground of a marked stretch. */
  readonly marked: string;
  /** What a replay has not come to yet. */
  readonly upcoming: string;
  readonly types: Readonly<Record<ObservationType, string>>;
}

/** Reads the theme's colours as they are for an element: a canvas knows no CSS variables. */
export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement('span');
  // Forced colours would make all of them one.
  probe.style.forcedColorAdjust = 'none';
  element.append(probe);
  const colour = (variable: string): string => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const types = Object.fromEntries(OBSERVATION_TYPES.map((type) => [type, colour(`--type-${type}`)]));
  const palette: Palette = {
    font: `500 12px ${getComputedStyle(element).fontFamily}`,
    ground: colour('--surface'),
    gap: colour('--surface-2'),
    turn: colour('--surface-3'),
    line: colour('--border'),
    text: colour('--text'),
    quiet: colour('--text-3'),
    onBar: colour('--on-bar'),
    error: colour('--danger'),
    playhead: colour('--playhead'),
    marked: colour('--accent'),
    upcoming: colour('--chart-wait'),
    types: types as Record<ObservationType, string>,
  };
  probe.remove();
  return palette;
}
