import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Compared, WHOLE_LIST } from '../api/address.js';
import { sessionsQuery } from '../api/queries.js';
import { formatAbsolute } from '../ui/format.js';
import { Name } from '../ui/shown-text.js';

/** Sessions that are offered. */
const OFFERED = 12;

/** Chooses what stands on a side: one of the latest sessions, any by its id, or the other side's own for another of its turns. */
export function SidePicker({
  name,
  other,
  onChoose,
}: {
  readonly name: string;
  readonly other: Compared | null;
  readonly onChoose: (side: Compared) => void;
}) {
  const [id, setId] = useState('');
  const { sort, order } = WHOLE_LIST;
  const { data } = useInfiniteQuery(sessionsQuery({ filter: {}, sort, order }));
  const sessions = (data?.pages[0]?.data ?? []).filter((session) => session.id !== other?.sessionId).slice(0, OFFERED);
  const choose = (event: FormEvent): void => {
    event.preventDefault();
    if (id.trim() !== '') onChoose({ sessionId: id.trim(), turn: null });
  };
  return (
    <section className="compare-picker" aria-label={`Side ${name}`}>
      <span className="compare-side" aria-hidden="true">
        {name}
      </span>
      <div>
        <h2>Compare with</h2>
        <form onSubmit={choose}>
          <input
            className="compare-id"
            value={id}
            onChange={({ target }) => setId(target.value)}
            aria-label="Session id"
            placeholder="A session id"
          />
          <button type="submit" className="button">
            Choose
          </button>
        </form>
        <ul>
          {other !== null && (
            <li>
              <button type="button" onClick={() => onChoose({ sessionId: other.sessionId, turn: null })}>
                The same session, to compare two of its turns
              </button>
            </li>
          )}
          {sessions.map((session) => (
            <li key={session.id}>
              <button type="button" onClick={() => onChoose({ sessionId: session.id, turn: null })}>
                <Name text={session.name ?? session.id} most={100} />
                <span className="quiet">
                  {session.name !== null && (
                    <>
                      <Name className="id" text={session.id} most={40} />
                      {' · '}
                    </>
                  )}
                  {formatAbsolute(session.lastActivityMs)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
