import { Link } from 'wouter';
import { CopyButton } from '../../ui/copy-button.js';
import { LongText } from '../../ui/long-text.js';
import { Name } from '../../ui/shown-text.js';
import { isLong } from '../../ui/text-pieces.js';

/** A name and its value; a null value is left out. It may be copied by a button, or lead somewhere. */
export type Fact = readonly [name: string, value: string | null, use?: 'copy' | { readonly href: string }];

export function Facts({ facts, prominent = false }: { readonly facts: readonly Fact[]; readonly prominent?: boolean }) {
  return (
    <dl className="facts" data-prominent={prominent || undefined}>
      {facts.map(([name, value, use], position) =>
        value === null ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: facts hold no state, and two may share a name
          <div key={position}>
            <dt>
              <Name text={name} />
            </dt>
            <dd className={use === 'copy' ? 'mono' : undefined}>
              <Value value={value} href={typeof use === 'object' ? use.href : null} />
              {use === 'copy' && <CopyButton label={`Copy the ${name.toLowerCase()}`} text={() => value} />}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Value({ value, href }: { readonly value: string; readonly href: string | null }) {
  if (href !== null) {
    return (
      <Link href={href}>
        <Name text={value} />
      </Link>
    );
  }
  return isLong(value) ? <LongText text={value} /> : <Name text={value} most={value.length} />;
}
