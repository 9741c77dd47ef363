# client: OpenAI through OpenInference
# version: openinference-instrumentation-openai
# packages: openai openinference-instrumentation-openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _openai import conversation
from _otel import start

provider = start()
from openai import OpenAI
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor

OpenAIInstrumentor().instrument(tracer_provider=provider)
with using_attributes(session_id="sess-oi-openai", user_id="user-7", tags=["alpha", "beta"]):
    conversation(OpenAI(max_retries=0))
provider.shutdown()
