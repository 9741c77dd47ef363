import { Client, RunTree } from 'langsmith';
import { traceable } from 'langsmith/traceable';

export const title = 'langsmith';

/** LangSmith has no span processor to leave out, so its client discards them instead. It serialises when it sends: A2 to A4 show the call without that part. */
export function operations() {
  const client = new Client({ apiKey: 'bench', apiUrl: 'http://127.0.0.1:9' });
  client.createRun = async () => {};
  client.updateRun = async () => {};
  const options = { client, tracingEnabled: true };
  const inner = traceable(async (query) => ({ found: query.limit, query }), { name: 'search', ...options });
  const outer = traceable(async (query) => inner(query), { name: 'answer', ...options });
  const run = (name, runType) => async (payload) => {
    const { input, output, ...extra } = payload;
    const tree = new RunTree({ name, run_type: runType, inputs: { input }, extra: { metadata: extra }, ...options });
    await tree.postRun();
    await tree.end({ output });
    await tree.patchRun();
  };
  return { A1: outer, A2: run('step', 'chain'), A3: run('chat', 'llm'), A4: run('step', 'chain') };
}
