import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../support/server-process.js';
import { PROJECT_FOLDER, runExample } from './example-programs.js';
import { startRecordingSink } from './recording-sink.js';
import { expectSnippet, SNIPPET_NAMES } from './session-snippets.js';

/** The three documented ways to give a trace its session id, as their users have them. */
const SNIPPETS = {
  'context-manager': `import {
  startActiveObservation,
  startObservation,
  updateActiveTrace,
} from "@langfuse/tracing";

await startActiveObservation("context-manager", async (span) => {
  span.update({
    input: { query: "What is the capital of France?" },
  });

  // Set sessionId for trace
  updateActiveTrace({
    sessionId: "session-123",
  });
});
`,
  'observe-wrapper': `import { observe, updateActiveTrace } from "@langfuse/tracing";

// Original function
async function fetchData(source: string) {
  // Set sessionId for trace
  updateActiveTrace({
    sessionId: "session-123",
  });

  // ... data fetching logic ...
  return { data: \`some data from \${source}\` };
}

// Use observe for tracing
const tracedFetchData = observe(fetchData, {
  name: "observe-wrapper",
});

const result = await tracedFetchData("API");
`,
  'manual-observation': `import { startObservation } from "@langfuse/tracing";

const span = startObservation("manual-observation", {
  input: { query: "What is the capital of France?" },
});

// Set sessionId for trace
span.updateTrace({
  sessionId: "session-123",
});

span.update({ output: "Paris" }).end();
`,
};

describe.each(SNIPPET_NAMES)('the documented %s snippet', (name) => {
  it('runs as it is, with one line above and the name of the package changed', async () => {
    const program = await readFile(join(PROJECT_FOLDER, `examples/sessions/src/${name}.ts`), 'utf8');
    const snippet = SNIPPETS[name].replace('"@langfuse/tracing"', '"@powerrag/tracing"');
    expect(program).toBe(`import '@powerrag/exporter/register';\n${snippet}`);
  });

  it('shows its trace in its session', async () => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    await runExample(`sessions/dist/${name}.js`, { POWERRAG_BASE_URL: server.url });

    await expectSnippet(server.url, name);
  });

  it('sends its session id on every span', async () => {
    const sink = await startRecordingSink();
    onTestFinished(() => sink.close());
    await runExample(`sessions/dist/${name}.js`, { POWERRAG_BASE_URL: sink.url });

    expect(sink.spans.map((span) => span.name)).toEqual([name]);
    for (const span of sink.spans) expect(span.attributes['session.id']).toBe('session-123');
  });
});
