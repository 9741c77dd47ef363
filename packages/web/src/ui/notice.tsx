import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.js';
import './notice.css';

/** Stands in the place of content that is not there: loading, nothing yet, or an error with a way on. */
export function Notice({
  title,
  tone = 'plain',
  icon = tone === 'danger' ? 'alert' : undefined,
  children,
}: {
  readonly title: string;
  readonly tone?: 'plain' | 'danger';
  /** Default: that of an error, where it is one. */
  readonly icon?: IconName | undefined;
  readonly children?: ReactNode;
}) {
  return (
    <div className="notice" data-tone={tone} role={tone === 'danger' ? 'alert' : 'status'}>
      {icon !== undefined && (
        <span className="notice-icon">
          <Icon name={icon} size={18} />
        </span>
      )}
      <p className="notice-title">{title}</p>
      {children}
    </div>
  );
}
