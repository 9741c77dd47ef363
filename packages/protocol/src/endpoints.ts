/** Where a PowerRAG server listens unless told otherwise: the standard OTLP/HTTP port, so that OpenTelemetry finds it unconfigured. */
export const DEFAULT_PORT = 4318;

/** The OTLP/HTTP standard path for traces. */
export const OTLP_TRACES_PATH = '/v1/traces';

/** The path that Langfuse SDKs, and ours, send traces to. */
export const TRACES_PATH = '/api/public/otel/v1/traces';
