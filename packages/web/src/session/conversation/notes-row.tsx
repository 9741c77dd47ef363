import { Icon } from '../../ui/icon.js';
import type { ConversationItem } from './items.js';

/** What a reader should know about the words of a turn. */
export function NotesRow({
  item,
  reached,
}: {
  readonly item: Extract<ConversationItem, { kind: 'notes' }>;
  readonly reached: boolean;
}) {
  return (
    <ul className="turn-notes" data-reached={reached}>
      {item.notes.map((note) => (
        <li key={note}>
          <Icon name="alert" size={13} />
          {note}
        </li>
      ))}
    </ul>
  );
}
