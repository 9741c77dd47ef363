# client: OpenTelemetry instrumentation of Bedrock
# version: opentelemetry-instrumentation-botocore
# note: sends words in OTLP logs
# packages: boto3 opentelemetry-instrumentation-botocore opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true"
from _bedrock import conversation
from _otel import start
from _turn import turn
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor

provider = start()
BotocoreInstrumentor().instrument(tracer_provider=provider)
conversation(lambda question: turn("sess-botocore", question))
provider.shutdown()
