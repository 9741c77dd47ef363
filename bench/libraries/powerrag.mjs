import * as tracing from '@powerrag/tracing';
import { observationOperations } from './observation-api.mjs';

export const title = '@powerrag/tracing';

export const operations = () => observationOperations(tracing);
