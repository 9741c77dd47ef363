import * as tracing from '@langfuse/tracing';
import { observationOperations } from './observation-api.mjs';

export const title = '@langfuse/tracing 5';

export const operations = () => observationOperations(tracing);
