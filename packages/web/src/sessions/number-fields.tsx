import { NUMBER_FILTERS } from '@powerrag/protocol';
import { type FormEvent, useId } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { type ListView, listAddress } from '../api/address.js';
import { withOnly } from './filter-edits.js';

/** The unit in which a person gives each number, and how many of the filter's it is. */
const UNITS = {
  duration: { unit: 's', factor: 1_000 },
  cost: { unit: '$', factor: 1 },
  tokens: { unit: '', factor: 1 },
  turns: { unit: '', factor: 1 },
  errors: { unit: '', factor: 1 },
} as const;

type NumberName = keyof typeof UNITS;

const NAMES = Object.keys(UNITS) as NumberName[];

/** Least and most of each figure of a session. */
export function NumberFields({ list }: { readonly list: ListView }) {
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    let { filter } = list;
    for (const name of NAMES) {
      for (const field of [NUMBER_FILTERS[name].min, NUMBER_FILTERS[name].max]) {
        const text = String(given.get(field) ?? '').trim();
        const value = text === '' ? '' : String(Number((Number(text) * UNITS[name].factor).toPrecision(12)));
        filter = withOnly(filter, { name: field, value });
      }
    }
    navigate(listAddress({ ...list, filter }));
  };
  return (
    <form className="facet facet-numbers" aria-label="Figures" key={JSON.stringify(list.filter)} onSubmit={apply}>
      <h2>Figures</h2>
      {NAMES.map((name) => (
        <NumberRange key={name} name={name} list={list} />
      ))}
      <button type="submit" className="button">
        Apply
      </button>
    </form>
  );
}

function NumberRange({ name, list }: { readonly name: NumberName; readonly list: ListView }) {
  const id = useId();
  const { label, min, max } = NUMBER_FILTERS[name];
  const { unit, factor } = UNITS[name];
  const range = list.filter[name] ?? {};
  const shown = (value: number | undefined) => (value === undefined ? '' : String(value / factor));
  return (
    <div className="facet-range">
      <span id={id}>
        {label}
        {unit !== '' && <span className="quiet"> {unit}</span>}
      </span>
      <NumberField of={id} name={min} says="from" value={shown(range.min)} />
      <NumberField of={id} name={max} says="to" value={shown(range.max)} />
    </div>
  );
}

function NumberField({
  of,
  name,
  says,
  value,
}: {
  readonly of: string;
  readonly name: string;
  readonly says: string;
  readonly value: string;
}) {
  const id = `${of}-${says}`;
  return (
    <input
      id={id}
      aria-label={says}
      aria-labelledby={`${of} ${id}`}
      type="number"
      min="0"
      step="any"
      name={name}
      placeholder={says}
      defaultValue={value}
    />
  );
}
