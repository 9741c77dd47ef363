import type { Facet, FacetCounts, SessionFilter } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { type ListView, listAddress } from '../api/address.js';
import { facetsQuery } from '../api/queries.js';
import { formatCompact } from '../ui/format.js';
import { IconButton } from '../ui/icon-button.js';
import { Name } from '../ui/shown-text.js';
import { conditionText } from './condition-text.js';
import { FACET_LABELS, hasCondition, withCondition, withoutCondition } from './filter-edits.js';
import { NumberFields } from './number-fields.js';

/** In the order in which they are shown. */
const SHOWN: readonly Facet[] = [
  ...(['hasErrors', 'environment', 'userId', 'tag', 'model', 'service'] as const),
  ...(['score', 'name', 'release', 'version', 'metadata'] as const),
];
const FIRST_VALUES = 5;

/** What the list can be narrowed to, with how many sessions each choice leaves. */
export function FacetsPanel({
  list,
  filter,
  onClose,
}: {
  readonly list: ListView;
  readonly filter: SessionFilter;
  readonly onClose: () => void;
}) {
  const facets = useQuery(facetsQuery(filter, SHOWN));
  return (
    <nav className="facets" aria-label="Filters" aria-busy={facets.isPending}>
      <div className="facets-close">
        Filters
        <IconButton icon="close" label="Close the filters" look="small" onClick={onClose} />
      </div>
      {facets.isError && <p className="quiet">{facets.error.message}</p>}
      {SHOWN.map((facet) => {
        const counts = facets.data?.[facet];
        const hasValues = counts !== undefined && counts.values.length > 0;
        return hasValues && <FacetValues key={facet} facet={facet} counts={counts} list={list} />;
      })}
      <NumberFields list={list} />
    </nav>
  );
}

function FacetValues({
  facet,
  counts,
  list,
}: {
  readonly facet: Facet;
  readonly counts: FacetCounts;
  readonly list: ListView;
}) {
  const [isWhole, setWhole] = useState(false);
  const isChosen = (value: string) => hasCondition(list.filter, { name: facet, value });
  const shown = counts.values.filter(({ value }, at) => isWhole || at < FIRST_VALUES || isChosen(value));
  return (
    <section className="facet" aria-label={FACET_LABELS[facet]}>
      <h2>{FACET_LABELS[facet]}</h2>
      <ul>
        {shown.map(({ value, count }) => {
          const condition = { name: facet, value };
          const chosen = isChosen(value);
          const change = chosen ? withoutCondition : withCondition;
          return (
            <li key={value}>
              <Link
                href={listAddress({ ...list, filter: change(list.filter, condition) })}
                aria-current={chosen || undefined}
              >
                <span className="facet-value">
                  <Name text={conditionText(condition)} titled />
                </span>
                <span className="facet-count">
                  {formatCompact(count)}
                  {!counts.isExact && '+'}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
      {shown.length < counts.values.length && (
        <button type="button" className="text-button" onClick={() => setWhole(true)}>
          {counts.values.length - shown.length} more
        </button>
      )}
    </section>
  );
}
