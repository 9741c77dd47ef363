import { Link } from 'wouter';
import { type ListView, listAddress } from '../api/address.js';
import { Icon } from '../ui/icon.js';
import { Name } from '../ui/shown-text.js';
import { conditionText } from './condition-text.js';
import { conditionLabel, conditionsOf, withoutCondition } from './filter-edits.js';

/** What the list is narrowed to; each can be taken away. */
export function FilterChips({ list }: { readonly list: ListView }) {
  const conditions = conditionsOf(list.filter);
  if (conditions.length === 0) return null;
  return (
    <ul className="filter-chips" aria-label="Filters in use">
      {conditions.map((condition) => (
        <li key={`${condition.name} ${condition.value}`}>
          <Link
            className="chip filter-chip"
            href={listAddress({ ...list, filter: withoutCondition(list.filter, condition) })}
            title="Remove this filter"
          >
            <span className="quiet">{conditionLabel(condition.name)}:</span> <Name text={conditionText(condition)} />
            <Icon name="close" size={10} />
            <span className="visually-hidden">Remove this filter</span>
          </Link>
        </li>
      ))}
      {conditions.length > 1 && (
        <li>
          <Link className="filter-clear" href={listAddress({ ...list, filter: {} })}>
            Clear all
          </Link>
        </li>
      )}
    </ul>
  );
}
