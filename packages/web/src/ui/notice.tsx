import type { ReactNode } from 'react';

/** Stands in the place of content that is not there: loading, nothing yet, or an error with a way on. */
export function Notice({
  title,
  tone = 'plain',
  children,
}: {
  readonly title: string;
  readonly tone?: 'plain' | 'danger';
  readonly children?: ReactNode;
}) {
  return (
    <div className="notice" data-tone={tone} role={tone === 'danger' ? 'alert' : 'status'}>
      <p className="notice-title">{title}</p>
      {children}
    </div>
  );
}
