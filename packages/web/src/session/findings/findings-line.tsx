import { useState } from 'react';
import { Icon, type IconName } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { useReplayState, useSelect } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { useOffset } from '../state/use-offset.js';
import type { Finding } from './finding.js';
import './findings-line.css';

/** How many findings the line names before it is opened. */
const NAMED = 3;
/** Of a finding, how many places it leads to by name. */
const PLACES = 12;

const ICONS: Record<Finding['tone'], IconName> = { danger: 'alert', warning: 'alert', plain: 'spark' };

const isReplaying = (state: ReplayState): boolean => state.replaying;

/** What to look at first: each finding leads to where it can be seen. While a session is replayed, they would tell its end. */
export function FindingsLine({ findings }: { readonly findings: readonly Finding[] }) {
  const [isOpen, setOpen] = useState(false);
  const replaying = useReplayState(isReplaying);
  if (findings.length === 0 || replaying) return null;
  const shown = isOpen ? findings : findings.slice(0, NAMED);
  return (
    <section className="findings" aria-label="Findings" data-open={isOpen}>
      <ul>
        {shown.map((finding, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: findings hold no state
          <li key={position}>
            <FindingView finding={finding} all={isOpen} />
          </li>
        ))}
      </ul>
      {findings.length > NAMED && (
        <button type="button" className="text-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fewer' : `${findings.length - NAMED} more`}
        </button>
      )}
    </section>
  );
}

function FindingView({ finding, all }: { readonly finding: Finding; readonly all: boolean }) {
  const select = useSelect();
  const offset = useOffset();
  const { tone, subject, says, evidence } = finding;
  const [first] = evidence;
  if (first === undefined) return null;
  return (
    <>
      <button type="button" className="finding" data-tone={tone} onClick={() => select(first)} title="Show where">
        <Icon name={ICONS[tone]} size={13} />
        <span>
          {subject !== '' && <Name className="finding-subject" text={subject} most={60} />} {says}
        </span>
      </button>
      {all && evidence.length > 1 && (
        <span className="finding-places">
          {evidence.slice(0, PLACES).map((place) => (
            <button key={`${place.traceId} ${place.observationId}`} type="button" onClick={() => select(place)}>
              {offset(place.atMs)}
            </button>
          ))}
          {evidence.length > PLACES && <span>+{evidence.length - PLACES}</span>}
        </span>
      )}
    </>
  );
}
