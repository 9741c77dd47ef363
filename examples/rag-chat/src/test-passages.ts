import { passagesOf } from './corpus.js';

/** A small manual, for tests. */
export const MANUAL = [
  ...passagesOf(
    'docs/kettle.md',
    `# The kettle

A kettle boils water. It switches itself off when the water boils.

## Descaling

Scale makes a kettle slow. Fill the kettle with vinegar and water to remove scale. Rinse it twice afterwards. Scale is the chalk of hard water.

\`\`\`sh
kettle descale --minutes 30
\`\`\`

## Troubleshooting

If the kettle does not switch on, check the plug. A kettle that is too hot waits for five minutes.
`,
  ),
  ...passagesOf(
    'docs/settings.md',
    `# Settings

| Variable | Meaning | Default |
| --- | --- | --- |
| \`KETTLE_LIMIT\`, \`POT_LIMIT\` | The most water in the kettle, in litres | \`1.7\` |
| \`KETTLE_LIGHT\` | Whether the lamp is on while the water boils | \`on\` |
`,
  ),
];
