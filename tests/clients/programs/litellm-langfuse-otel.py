# client: LiteLLM, callback `langfuse_otel`
# version: litellm
# packages: litellm[proxy] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["LANGFUSE_OTEL_HOST"] = os.environ["OTLP_URL"]
os.environ["LANGFUSE_HOST"] = os.environ["OTLP_URL"]
os.environ.update(LANGFUSE_PUBLIC_KEY="pk", LANGFUSE_SECRET_KEY="sk")
from _litellm import run

run("langfuse_otel", "sess-ll-langfuse-otel")
