import type { BodyText } from '../observation/observation.js';
import * as agenta from './agenta.js';
import * as agentOps from './agentops.js';
import * as aiSdk from './ai-sdk.js';
import * as braintrust from './braintrust.js';
import * as claudeCode from './claude-code.js';
import * as confident from './confident.js';
import * as cozeLoop from './cozeloop.js';
import * as genAi from './gen-ai.js';
import * as genAiMessages from './gen-ai-messages.js';
import * as genkit from './genkit.js';
import * as googleAdk from './google-adk.js';
import * as haystack from './haystack.js';
import * as honeyHive from './honeyhive.js';
import * as laminar from './laminar.js';
import * as langfuse from './langfuse.js';
import * as langtrace from './langtrace.js';
import * as langWatch from './langwatch.js';
import * as livekit from './livekit.js';
import * as logfire from './logfire.js';
import * as mastra from './mastra.js';
import * as mlflow from './mlflow.js';
import * as openInference from './open-inference.js';
import * as openLit from './openlit.js';
import * as pipecat from './pipecat.js';
import * as pydanticAi from './pydantic-ai.js';
import { firstOf, type Rule } from './span-reader.js';
import * as springAi from './spring-ai.js';
import * as traceloop from './traceloop.js';
import * as voltAgent from './voltagent.js';

/**
 * What went into a span and what came out, in each convention, in the order in which they are asked: ours, then the more
 * particular convention before the more general one, attributes before events. A convention that is added is a row here. What
 * form the words have is not looked at: `replay/messages` reads all forms, whichever convention they came in.
 */

export const input: Rule<BodyText> = firstOf(
  langfuse.input,
  aiSdk.input,
  openInference.input,
  googleAdk.input,
  genAi.input,
  traceloop.input,
  genkit.input,
  mlflow.input,
  mastra.input,
  livekit.input,
  pydanticAi.input,
  logfire.input,
  haystack.input,
  claudeCode.input,
  voltAgent.input,
  pipecat.input,
  springAi.input,
  laminar.input,
  agentOps.input,
  langtrace.input,
  braintrust.input,
  langWatch.input,
  confident.input,
  cozeLoop.input,
  honeyHive.input,
  agenta.input,
  openLit.input,
  genAi.olderInput,
  genAiMessages.inputInEvents,
  genAi.instructions,
);

export const output: Rule<BodyText> = firstOf(
  langfuse.output,
  aiSdk.output,
  openInference.output,
  googleAdk.output,
  genAi.output,
  traceloop.output,
  genkit.output,
  mlflow.output,
  mastra.output,
  livekit.output,
  pydanticAi.output,
  logfire.output,
  haystack.output,
  claudeCode.output,
  voltAgent.output,
  pipecat.output,
  springAi.output,
  laminar.output,
  agentOps.output,
  langtrace.output,
  braintrust.output,
  langWatch.output,
  confident.output,
  cozeLoop.output,
  honeyHive.output,
  agenta.output,
  genAi.olderOutput,
  genAiMessages.outputInEvents,
);
