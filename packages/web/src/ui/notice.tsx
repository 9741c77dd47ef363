import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.js';
import './notice.css';

/** Stands in the place of content that is not there: loading, nothing yet, or an error with a way on. */
export function Notice({
  title,
  tone = 'plain',
  icon = tone === 'danger' ? 'alert' : undefined,
  isPage = false,
  children,
}: {
  readonly title: string;
  readonly tone?: 'plain' | 'danger';
  /** Default: that of an error, where it is one. */
  readonly icon?: IconName | undefined;
  /** Whether it is all that the page shows: then its title is the page's heading. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className="notice" data-tone={tone} role={tone === 'danger' ? 'alert' : 'status'}>
      {icon !== undefined && (
        <span className="notice-icon">
          <Icon name={icon} size={18} />
        </span>
      )}
      <Title className="notice-title">{title}</Title>
      {children}
    </div>
  );
}
