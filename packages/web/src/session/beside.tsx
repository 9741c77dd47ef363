import { SESSION_PAGE } from '@powerrag/protocol';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import { listAddress } from '../api/address.js';
import { lastList } from '../api/last-list.js';
import { listTime, requestOf } from '../api/list-request.js';
import { neighboursQuery } from '../api/queries.js';
import { useCommands } from '../commands/registry.js';
import { Icon } from '../ui/icon.js';

/** The way to the sessions before and after this one in the list that was read last, and back to that list. */
export function Beside({ sessionId }: { readonly sessionId: string }) {
  const list = useMemo(lastList, []);
  const request = useMemo(() => requestOf(list, listTime(listAddress(list), Date.now())), [list]);
  const { data } = useQuery(neighboursQuery(sessionId, request));
  const previous = data?.previous ?? null;
  const next = data?.next ?? null;
  const group = useMemo(
    () => ({
      title: 'Between sessions',
      commands: [
        { says: 'Previous session of the list', keys: ['['], run: () => open(previous) },
        { says: 'Next session of the list', keys: [']'], run: () => open(next) },
      ],
    }),
    [previous, next],
  );
  useCommands(group);
  return (
    <nav className="beside" aria-label="Sessions of the list">
      <Step id={previous} label="Previous session ( [ )" icon="up" />
      <Step id={next} label="Next session ( ] )" icon="down" />
    </nav>
  );
}

function Step({
  id,
  label,
  icon,
}: {
  readonly id: string | null;
  readonly label: string;
  readonly icon: 'up' | 'down';
}) {
  const content = (
    <>
      <Icon name={icon} size={14} />
      <span className="visually-hidden">{label}</span>
    </>
  );
  if (id === null) {
    return (
      <button type="button" className="icon-button small" disabled title={label}>
        {content}
      </button>
    );
  }
  return (
    <Link className="icon-button small" href={SESSION_PAGE.of(id)} title={label}>
      {content}
    </Link>
  );
}

function open(id: string | null): boolean {
  if (id !== null) navigate(SESSION_PAGE.of(id));
  return id !== null;
}
