import * as tracing from '@langfuse/tracing-v4';
import { observationOperations } from './observation-api.mjs';

export const title = '@langfuse/tracing 4';

export const operations = () => observationOperations(tracing);
