import { observe } from '@powerrag/tracing';
import type { ToolCall } from './answer/model.js';
import type { Tool } from './tools.js';

/**
 * Runs the tool that a model asked for and gives its result as JSON. A failure is recorded as an error of the tool's
 * observation and passed to the model as `{ "error": … }`, which explains it.
 */
export async function callTool(tools: ReadonlyMap<string, Tool>, call: ToolCall): Promise<string> {
  const { name } = call.function;
  const run = observe(
    (args: unknown) => {
      const tool = tools.get(name);
      if (!tool) throw new Error(`there is no tool named "${name}"`);
      if (typeof args !== 'object' || args === null) throw new Error('the arguments must be a JSON object');
      return tool.run({ ...args });
    },
    { name, asType: 'tool' },
  );
  try {
    return JSON.stringify(await run(parseArguments(call.function.arguments)));
  } catch (error) {
    return JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
  }
}

/** Text that is not JSON is passed on unchanged, so that the recording shows what the model wrote. */
function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
