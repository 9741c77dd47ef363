# client: LiteLLM, callback `otel`
# version: litellm
# note: sends no id of a session with this callback, and of the calls that are given the same `metadata` object only the first and the first that fails: give each call an object of its own
# packages: litellm[proxy] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["OTEL_EXPORTER"] = "otlp_http"
os.environ["OTEL_ENDPOINT"] = os.environ["OTLP_URL"] + "/v1/traces"
from _litellm import run

run("otel", "sess-ll-otel")
