import type { Json } from '@powerrag/protocol';
import { useMemo } from 'react';
import { readWrittenJson } from '../../ui/json-text.js';
import { JsonView } from '../../ui/json-view.js';
import { LongText } from '../../ui/long-text.js';
import { Name } from '../../ui/shown-text.js';

/** An object of no more fields than this, all of them texts, numbers or flags, reads as a list of fields. */
const MOST_FIELDS = 12;

/** An argument or a result as a person reads it: a text, or a few named values; anything larger as JSON. */
export function ValueView({ value, label }: { readonly value: Json; readonly label: string }) {
  const read = useMemo(() => readable(value), [value]);
  if (typeof read === 'string') {
    return (
      <div className="value-text">
        <LongText text={read} />
      </div>
    );
  }
  const fields = flatFields(read);
  if (fields === null) return <JsonView value={value} label={label} />;
  return (
    <dl className="value-fields">
      {fields.map(([name, field]) => (
        <div key={name} className="value-field">
          <dt>
            <Name text={name} most={100} />
          </dt>
          <dd>{typeof field === 'string' ? <LongText text={field} /> : String(field)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The value that a text is where it is JSON and shows the same, else the value. */
function readable(value: Json): Json {
  const written = typeof value === 'string' ? readWrittenJson(value) : null;
  return written?.isExact ? written.value : value;
}

function flatFields(value: Json): [string, string | number | boolean | null][] | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > MOST_FIELDS) return null;
  const flat = entries.flatMap(([name, field]): [string, string | number | boolean | null][] =>
    field === null || typeof field !== 'object' ? [[name, field]] : [],
  );
  return flat.length === entries.length ? flat : null;
}
