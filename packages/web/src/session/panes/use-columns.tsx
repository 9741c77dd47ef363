import type { CSSProperties, ReactNode } from 'react';
import { useStored } from '../../ui/use-stored.js';
import { Splitter } from './splitter.js';

const LEAST_PX = 160;
const MOST_PX = 720;
/** Stands for a width that the page chooses. */
const BY_ITSELF = 0;
const LIKELY_PX = 320;

type Variables = CSSProperties & Readonly<Record<`--${string}`, string>>;

/** The widths of the panes beside the conversation, as this reader has set them: by dragging their edges, or hidden. */
export function useColumns(): { readonly style: Variables; readonly splitters: ReactNode } {
  const navigator = useColumn('navigator');
  const details = useColumn('details');
  return {
    style: { ...variable('--navigator-width', navigator.css), ...variable('--details-width', details.css) },
    splitters: (
      <>
        <Splitter label="Width of the turns" direction="left" {...navigator.splitter} />
        <Splitter label="Width of the observation" direction="right" {...details.splitter} />
      </>
    ),
  };
}

function useColumn(name: 'navigator' | 'details') {
  const [width, setWidth] = useStored<number>(`${name}-width`, BY_ITSELF);
  const [isHidden, setHidden] = useStored<boolean>(`${name}-hidden`, false);
  const shown = width === BY_ITSELF ? measured(name) : width;
  return {
    css: isHidden ? '0px' : width === BY_ITSELF ? null : `${Math.min(MOST_PX, Math.max(LEAST_PX, width))}px`,
    splitter: {
      value: isHidden ? 0 : shown,
      least: LEAST_PX,
      most: MOST_PX,
      onChange: (next: number): void => {
        setHidden(false);
        setWidth(next);
      },
      onToggle: (): void => setHidden(!isHidden),
    },
  };
}

function measured(name: string): number {
  return document.querySelector(`.session > .${name}`)?.clientWidth ?? LIKELY_PX;
}

function variable(name: `--${string}`, value: string | null): Readonly<Record<`--${string}`, string>> {
  return value === null ? {} : { [name]: value };
}
