import { Icon, type IconName } from './icon.js';

/** A button that shows a picture alone. `label` is its name, and its tooltip where `title` is not given. */
export function IconButton({
  icon,
  label,
  title = label,
  look = '',
  disabled = false,
  onClick,
}: {
  readonly icon: IconName;
  readonly label: string;
  readonly title?: string;
  /** Further classes; `small` makes the picture small as well. */
  readonly look?: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" className={`icon-button ${look}`} onClick={onClick} disabled={disabled} title={title}>
      <Icon name={icon} size={look === 'small' ? 14 : 16} />
      <span className="visually-hidden">{label}</span>
    </button>
  );
}
