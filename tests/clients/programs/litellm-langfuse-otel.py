# client: LiteLLM, callback `langfuse_otel`
# version: litellm
# note: sends of the calls that are given the same `metadata` object only the first and the first that fails: give each call an object of its own
# packages: litellm[proxy] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["LANGFUSE_OTEL_HOST"] = os.environ["OTLP_URL"]
os.environ["LANGFUSE_HOST"] = os.environ["OTLP_URL"]
os.environ.update(LANGFUSE_PUBLIC_KEY="pk", LANGFUSE_SECRET_KEY="sk")
from _litellm import run

run("langfuse_otel", "sess-ll-langfuse-otel")
