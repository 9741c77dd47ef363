/** Paths on a 16 by 16 grid, drawn with a stroke of 1.5 unless filled. */
const ICONS = {
  play: { fill: true, d: 'M4.5 2.8v10.4a.6.6 0 0 0 .92.5l8-5.2a.6.6 0 0 0 0-1l-8-5.2a.6.6 0 0 0-.92.5Z' },
  pause: { fill: true, d: 'M4 2.5h2.6v11H4zM9.4 2.5H12v11H9.4z' },
  previous: { d: 'M12 3.5 6.5 8l5.5 4.5zM4 3.5v9' },
  next: { d: 'M4 3.5 9.5 8 4 12.5zM12 3.5v9' },
  sun: {
    d: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13',
  },
  moon: { d: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z' },
  auto: { d: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 2v12M8 5h4.6M8 8h6M8 11h4.6' },
  chevron: { d: 'm6 3.5 4.5 4.5L6 12.5' },
  copy: {
    d: 'M5.5 5.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM2.5 10.5v-8a1 1 0 0 1 1-1h7',
  },
  check: { d: 'm3 8.5 3.2 3.2L13 4.8' },
  alert: { d: 'M8 2 1.5 13.5h13zM8 6.5v3.2M8 11.6v.1' },
  close: { d: 'm3.5 3.5 9 9M12.5 3.5l-9 9' },
  link: {
    d: 'M6.5 9.5a3 3 0 0 0 4.2 0l2.4-2.4a3 3 0 0 0-4.2-4.2l-.9.9M9.5 6.5a3 3 0 0 0-4.2 0L2.9 8.9a3 3 0 0 0 4.2 4.2l.9-.9',
  },
  good: {
    d: 'M5.5 7 8 1.8c1 0 1.8.8 1.8 1.8v2.6h3.1a1.4 1.4 0 0 1 1.4 1.6l-.8 4.6a1.4 1.4 0 0 1-1.4 1.2H5.5zM5.5 7v6.6H2.6a.6.6 0 0 1-.6-.6V7.6a.6.6 0 0 1 .6-.6z',
  },
  bad: {
    d: 'M10.5 9 8 14.2c-1 0-1.8-.8-1.8-1.8V9.8H3.1a1.4 1.4 0 0 1-1.4-1.6l.8-4.6a1.4 1.4 0 0 1 1.4-1.2h6.6zM10.5 9V2.4h2.9a.6.6 0 0 1 .6.6v5.4a.6.6 0 0 1-.6.6z',
  },
  comment: { d: 'M3 2.8h10a1 1 0 0 1 1 1v6.4a1 1 0 0 1-1 1H7.5L4.2 14v-2.8H3a1 1 0 0 1-1-1V3.8a1 1 0 0 1 1-1Z' },
  compare: { d: 'M2 3h4.5v10H2zM9.5 3H14v10H9.5zM8 1.5v13' },
  plus: { d: 'M8 3v10M3 8h10' },
  minus: { d: 'M3 8h10' },
  fit: { d: 'M2 5.5V2.5h3M14 5.5V2.5h-3M2 10.5v3h3M14 10.5v3h-3' },
  up: { d: 'm3.5 10 4.5-4.5L12.5 10' },
  down: { d: 'm3.5 6 4.5 4.5L12.5 6' },
  search: { d: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14' },
  filter: { d: 'M2 4h12M4.5 8h7M7 12h2' },
  panel: { d: 'M2 3h12v10H2zM9.5 3v10' },
  star: { d: 'm8 2 1.8 3.8 4.2.5-3.1 2.8.8 4.1L8 11.2l-3.7 2 .8-4.1L2 6.3l4.2-.5z' },
  download: { d: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11' },
  trash: { d: 'M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.6 6.8v4M9.4 6.8v4' },
  keyboard: { d: 'M1.5 4h13v8h-13zM4 6.5h.1M6.6 6.5h.1M9.3 6.5h.1M12 6.5h.1M5 9.5h6' },
  image: { d: 'M2 3h12v10H2zM2 11l3.5-3.5 3 3L10.5 8 14 11.5M10.5 5.5h.1' },
  spark: { d: 'M8 1.8 9.6 6.4 14.2 8l-4.6 1.6L8 14.2 6.4 9.6 1.8 8l4.6-1.6z' },
  wrench: { d: 'M9.8 3.2a3.6 3.6 0 0 0-1 4.6L3 13.6l-.6-.6 0 0 5.8-5.8a3.6 3.6 0 0 1 4.7-4.6l-2 2 .5 1.8 1.8.5 2-2' },
  book: {
    d: 'M8 4C6.5 2.8 4.3 2.5 2 2.7v9.6c2.3-.2 4.5.1 6 1.3 1.5-1.2 3.7-1.5 6-1.3V2.7C11.7 2.5 9.5 2.8 8 4Zm0 0v9.6',
  },
} as const;

export type IconName = keyof typeof ICONS;

/** A picture beside a name; on its own it says nothing to a screen reader. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  const icon = ICONS[name];
  return (
    <svg className="icon" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      {'fill' in icon ? (
        <path d={icon.d} fill="currentColor" />
      ) : (
        <path
          d={icon.d}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      )}
    </svg>
  );
}
