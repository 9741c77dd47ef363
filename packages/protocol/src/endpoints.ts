/** Where a PowerRAG server listens unless told otherwise: the standard OTLP/HTTP port, so that OpenTelemetry finds it unconfigured. */
export const DEFAULT_PORT = 4318;

/** The standard path of OTLP/HTTP for traces, which any OpenTelemetry exporter knows. */
export const OTLP_TRACES_PATH = '/v1/traces';

/** The same, where Langfuse SDKs and ours send traces to. */
export const TRACES_PATH = '/api/public/otel/v1/traces';

/** The standard path of OTLP/HTTP for logs. */
export const OTLP_LOGS_PATH = '/v1/logs';

/** The same, under the path where Langfuse SDKs send traces to. */
export const LOGS_PATH = '/api/public/otel/v1/logs';
