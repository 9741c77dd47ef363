# client: LiteLLM, callback `otel`
# version: litellm
# note: sends no id of a session with this callback
# packages: litellm[proxy] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["OTEL_EXPORTER"] = "otlp_http"
os.environ["OTEL_ENDPOINT"] = os.environ["OTLP_URL"] + "/v1/traces"
from _litellm import run

run("otel", "sess-ll-otel")
