import { bodyAt } from './span-reader.js';

/** MLflow Tracing (`mlflow.*`), whose spans write what a function was called with and returned as JSON. */

export const input = bodyAt('mlflow.spanInputs');
export const output = bodyAt('mlflow.spanOutputs');
