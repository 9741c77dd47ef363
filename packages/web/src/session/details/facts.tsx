import { CopyButton } from '../../ui/copy-button.js';
import { LongText } from '../../ui/long-text.js';
import { isLong } from '../../ui/text-pieces.js';

/** A name and its value; a null value is left out. `copy` puts a copy button beside it. */
export type Fact = readonly [name: string, value: string | null, copy?: 'copy'];

export function Facts({ facts, prominent = false }: { readonly facts: readonly Fact[]; readonly prominent?: boolean }) {
  return (
    <dl className="facts" data-prominent={prominent || undefined}>
      {facts.map(([name, value, copy]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={copy ? 'mono' : undefined}>
              {isLong(value) ? <LongText text={value} /> : value}
              {copy && <CopyButton label={`Copy the ${name.toLowerCase()}`} text={() => value} />}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
