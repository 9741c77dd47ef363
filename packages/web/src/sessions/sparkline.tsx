import type { SessionActivity } from '@powerrag/protocol';

const BAR = 3;
const HEIGHT = 20;

/** When things happened in a session, as bars from its start to its last activity; what failed is red. */
export function Sparkline({ activity, errors }: Pick<SessionActivity, 'activity' | 'errors'>) {
  if (activity.length === 0) return null;
  const failed = errors.some((part) => part > 0);
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={failed ? 'Activity over time, with errors' : 'Activity over time'}
      viewBox={`0 0 ${activity.length * BAR} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      <rect y={HEIGHT - 1} width={activity.length * BAR} height={1} className="sparkline-base" />
      {activity.map((part, position) =>
        part === 0 ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stretch of time is its position
          <Bar key={position} position={position} part={part} errors={errors[position] ?? 0} />
        ),
      )}
    </svg>
  );
}

function Bar({
  position,
  part,
  errors,
}: {
  readonly position: number;
  readonly part: number;
  readonly errors: number;
}) {
  const [x, width] = [position * BAR, BAR - 0.75];
  const height = Math.max(2, part * HEIGHT);
  const failed = errors === 0 ? 0 : Math.min(height, Math.max(3, errors * HEIGHT));
  return (
    <>
      <rect x={x} y={HEIGHT - height} width={width} height={height} className="sparkline-bar" />
      {failed > 0 && <rect x={x} y={HEIGHT - failed} width={width} height={failed} className="sparkline-failed" />}
    </>
  );
}
