import type { ReactNode, Ref } from 'react';

/** A named part of the page that scrolls on its own. It takes the focus, or a keyboard could not scroll it. */
export function ScrollArea({
  label,
  className,
  ref,
  children,
}: {
  readonly label: string;
  readonly className: string;
  readonly ref?: Ref<HTMLDivElement>;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div ref={ref} className={className} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}
