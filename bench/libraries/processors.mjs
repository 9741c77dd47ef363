import { LangfuseSpanProcessor } from '@langfuse/otel';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import { droppingExporter } from './provider.mjs';

const open = {
  opentelemetry: () => new BatchSpanProcessor(droppingExporter),
  'langfuse-5': () =>
    new LangfuseSpanProcessor({ exporter: droppingExporter, publicKey: 'pk-lf-bench', secretKey: 'sk-lf-bench' }),
  // Encodes each span as it ends, then finds no room for it in the queue: everything but the sending.
  powerrag: () => new PowerRAGSpanProcessor({ maxQueueBytes: 1, exitHooks: false, log() {} }),
};

/** The span processor that comes with a library, made to send nothing. */
export const openProcessor = (library) => open[library]();
