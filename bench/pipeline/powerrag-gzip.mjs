import { PowerRAGSpanProcessor } from '@powerrag/exporter';

export { operations } from '../libraries/powerrag.mjs';
export const title = '@powerrag/exporter, gzip';
export const open = (url) => new PowerRAGSpanProcessor({ baseUrl: url, gzip: true });
