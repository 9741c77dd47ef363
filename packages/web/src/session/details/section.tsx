import type { ReactNode } from 'react';

/** A titled part of the panel; absent when there is nothing to show. */
export function Block({
  title,
  shown,
  tools,
  children,
}: {
  readonly title: string;
  readonly shown: boolean;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}) {
  if (!shown) return null;
  return (
    <div className="details-block">
      <div className="details-block-head">
        <h3>{title}</h3>
        {tools}
      </div>
      {children}
    </div>
  );
}
