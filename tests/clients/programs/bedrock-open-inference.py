# client: Bedrock through OpenInference
# version: openinference-instrumentation-bedrock
# packages: boto3 openinference-instrumentation-bedrock opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _bedrock import conversation
from _otel import start
from openinference.instrumentation import using_attributes
from openinference.instrumentation.bedrock import BedrockInstrumentor

provider = start()
BedrockInstrumentor().instrument(tracer_provider=provider)
with using_attributes(session_id="sess-oi-bedrock", user_id="user-7", tags=["alpha", "beta"]):
    conversation()
provider.shutdown()
