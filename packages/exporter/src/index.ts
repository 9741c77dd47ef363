export { llmSpansOnly, type ShouldExportSpan } from './filter.js';
export type { MaskingOptions } from './masking.js';
export type { PowerRAGSpanProcessorOptions } from './options.js';
export {
  type FlushOptions,
  PowerRAGSpanProcessor,
  type ShutdownReport,
} from './processor.js';
export { type Instrumentation, type RegisterOptions, type Registration, register } from './register.js';
export type { ConnectionOptions } from './settings.js';
export type { DropReason, ExporterStats, OnDrop } from './stats.js';
