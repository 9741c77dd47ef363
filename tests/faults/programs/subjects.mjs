/**
 * What the fault scenarios are run with: one span processor each, with its defaults, that sends to `url`.
 * `options` are only for ours.
 */
const subjects = {
  async powerrag(url, options) {
    const { PowerRAGSpanProcessor } = await import('@powerrag/exporter');
    return new PowerRAGSpanProcessor({ baseUrl: url, ...options });
  },
  async opentelemetry(url) {
    const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    return new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }));
  },
  async langfuse(url) {
    const { LangfuseSpanProcessor } = await import('@langfuse/otel');
    return new LangfuseSpanProcessor({ baseUrl: url, publicKey: 'pk-lf-faults', secretKey: 'sk-lf-faults' });
  },
};

export const open = (name, url, options) => subjects[name](url, options);
