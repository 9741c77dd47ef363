export { llmSpansOnly, type ShouldExportSpan } from './choose/filter.js';
export type { SamplingOptions } from './choose/sampling-rules.js';
export type { ConnectionOptions } from './config/connection.js';
export type { PowerRAGSpanProcessorOptions } from './config/options.js';
export type { MaskingOptions } from './mask/masking.js';
export {
  type FlushOptions,
  PowerRAGSpanProcessor,
  type ShutdownReport,
} from './processor.js';
export { type Instrumentation, type RegisterOptions, type Registration, register } from './register.js';
export type { DropReason, ExporterStats, OnDrop } from './report/stats.js';
