import { LangfuseSpanProcessor } from '@langfuse/otel';

export { operations } from '../libraries/langfuse-5.mjs';
export const title = '@langfuse/otel 5';
export const open = (url) =>
  new LangfuseSpanProcessor({ baseUrl: url, publicKey: 'pk-lf-bench', secretKey: 'sk-lf-bench' });
