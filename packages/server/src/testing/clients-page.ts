import type { ClientRecording } from './client-recordings.js';
import type { ClientRow } from './shown.js';

type Row = ClientRecording & { readonly shown: ClientRow };

const HEAD = `# Clients

What the server shows of what real clients send. Each row is a recording of a client that ran a program with a model that answers the
same each time, kept in the tests; this page is made from what they show. The version is that of the package that wrote the spans, where
they say it. \`–\` is what the client did not send in that program. Claude Code, Codex, Gemini CLI and Qwen Code, which send logs, are
held to recordings of their own: [Logs](server.md#logs) says what is shown of them.

- **Session, user, tags**: read from what the program set in the way of the client's documentation.
- **Messages**: questions with an answer beside them. Where a call fails there is none, nor where a text is embedded.
- **Tools**: results of tools that stand beside their call, of those that were sent to a model.
- **Tokens**: calls of models that are counted, each once, and the parts of their input and output that are told apart.
- **Cost**: sent by the client, or [estimated](server.md#what-calls-cost).

| Client | Session | User | Tags | Types | Messages | Tools | Model | Tokens | Cost | First token | Errors |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
`;

const NOT_REMADE = `## How recordings are made anew

\`npm run record:clients -- NAME…\` installs a client, runs its program in \`tests/clients/programs\` and writes its recording. No program makes these:

`;

const PARTS: readonly (readonly [kind: RegExp, name: string])[] = [
  [/^input_cached/, 'cached'],
  [/^input_cache_creation/, 'cache writes'],
  [/^output_reasoning/, 'reasoning'],
];

/** The page of the documentation that says what is shown of each recording. */
export function clientsPage(rows: readonly Row[]): string {
  const sorted = [...rows].sort((a, b) => (named(a) < named(b) ? -1 : 1));
  const notes = sorted.filter(({ note }) => note !== undefined);
  const table = sorted.map((row) => `| ${cells(row).join(' | ')} |\n`).join('');
  const footer = notes.map((row) => `- **${named(row)}** ${row.note}.\n`).join('');
  const kept = sorted.flatMap((row) =>
    row.notRemade === undefined ? [] : [`- **${named(row)}**: ${row.notRemade}.\n`],
  );
  return `${HEAD}${table}\n## What some clients leave out\n\n${footer}\n${NOT_REMADE}${kept.join('')}`;
}

function cells(row: Row): string[] {
  const { shown } = row;
  const { turns, kinds } = shown;
  const parts = PARTS.filter(([kind]) => kinds.some((name) => kind.test(name))).map(([, name]) => name);
  const answered = turns.filter((turn) => /\S → \S/.test(turn)).length;
  const asked = turns.filter((turn) => /\S → $/.test(turn)).length;
  return [
    named(row),
    mark(shown.sessions.some((id) => id !== '(none)')),
    mark(shown.users.length > 0),
    mark(shown.tags.length > 0),
    shown.types.join(', '),
    answered + asked === 0 ? '–' : `${answered} of ${answered + asked}`,
    shown.tools === '0 of 0' ? '–' : shown.tools,
    mark(shown.models.length > 0),
    shown.calls === 0 ? '–' : [`${shown.calls} ${shown.calls === 1 ? 'call' : 'calls'}`, ...parts].join(', '),
    shown.cost || '–',
    mark(shown.firstTokens > 0),
    shown.errors === 0 ? '–' : String(shown.errors),
  ];
}

/** Where the client says no version, none is known. */
function named({ client, version = '' }: Row): string {
  return `${client} ${version}`.trim();
}

function mark(is: boolean): string {
  return is ? '✓' : '–';
}
