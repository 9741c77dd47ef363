# client: Anthropic through OpenInference
# version: openinference-instrumentation-anthropic
# packages: anthropic openinference-instrumentation-anthropic opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _anthropic import conversation
from _otel import start

provider = start()
from anthropic import Anthropic
from openinference.instrumentation import using_attributes
from openinference.instrumentation.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument(tracer_provider=provider)
with using_attributes(session_id="sess-oi-anthropic", user_id="user-7", tags=["alpha", "beta"]):
    conversation(Anthropic(max_retries=0))
provider.shutdown()
