import type { SessionSummary } from '@powerrag/protocol';
import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { sessionsAddress } from '../api/address.js';
import { Name, titleText } from '../ui/shown-text.js';

/**
 * Users, environment and tags; each leads to the sessions that share it. They take one line, so that the conversation keeps its
 * place; those that do not fit are shown on demand.
 */
export function SessionLabels({ session }: { readonly session: SessionSummary }) {
  const [isWhole, setWhole] = useState(false);
  const line = useRef<HTMLSpanElement>(null);
  const labels = useMemo(() => labelsOf(session), [session]);
  const fitting = useFitting(line, labels.length, isWhole);
  return (
    <>
      <span ref={line} className="session-chips" data-whole={isWhole || undefined}>
        {labels.map(({ kind, text, filter }, position) => (
          <Link
            key={`${kind} ${text}`}
            className="chip"
            href={sessionsAddress(filter)}
            title={`${kind} ${titleText(text)}: show the sessions that share it`}
            inert={position >= fitting}
          >
            <Name text={text} />
          </Link>
        ))}
      </span>
      {(fitting < labels.length || isWhole) && (
        <button type="button" className="chip" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show less' : `+${labels.length - fitting}`}
          {!isWhole && <span className="visually-hidden"> more labels</span>}
        </button>
      )}
    </>
  );
}

function labelsOf({ userIds, environment, tags }: SessionSummary) {
  return [
    ...userIds.map((userId) => ({ kind: 'User', text: userId, filter: { userId: [userId] } })),
    ...(environment === null
      ? []
      : [{ kind: 'Environment', text: environment, filter: { environment: [environment] } }]),
    ...tags.map((tag) => ({ kind: 'Tag', text: tag, filter: { tag: [tag] } })),
  ];
}

/** How many of the children stand in the first line of an element; all of them while it may take more lines. */
function useFitting(line: RefObject<HTMLElement | null>, count: number, isWhole: boolean): number {
  const [fitting, setFitting] = useState(count);
  useLayoutEffect(() => {
    const element = line.current;
    if (element === null || isWhole) {
      setFitting(count);
      return undefined;
    }
    const measure = (): void => {
      const tops = [...element.children].map((child) => (child instanceof HTMLElement ? child.offsetTop : 0));
      setFitting(tops.filter((top) => top === tops[0]).length);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [line, count, isWhole]);
  return fitting;
}
