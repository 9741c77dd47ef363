# client: LiteLLM, callback `arize_phoenix`
# version: litellm
# packages: litellm[proxy] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["PHOENIX_COLLECTOR_HTTP_ENDPOINT"] = os.environ["OTLP_URL"] + "/v1/traces"
os.environ["PHOENIX_API_KEY"] = "none"
from _litellm import run

run("arize_phoenix", "sess-ll-arize_phoenix")
