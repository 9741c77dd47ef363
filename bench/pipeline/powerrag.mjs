import { PowerRAGSpanProcessor } from '@powerrag/exporter';

export { operations } from '../libraries/powerrag.mjs';
export const title = '@powerrag/exporter';
export const open = (url) => new PowerRAGSpanProcessor({ baseUrl: url });
