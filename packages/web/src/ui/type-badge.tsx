import type { ObservationType } from '@powerrag/protocol';

/** The type of an observation, in its colour. */
export function TypeBadge({ type }: { readonly type: ObservationType }) {
  return (
    <span className="type-badge" data-type={type}>
      {type}
    </span>
  );
}

/** The colour alone, where the type is said elsewhere. */
export function TypeDot({ type, failed = false }: { readonly type: ObservationType; readonly failed?: boolean }) {
  return <span className="type-dot" data-type={type} data-failed={failed || undefined} aria-hidden="true" />;
}
