# client: Agent Development Kit
# version: google-adk
# note: sends no user and no tags
# packages: google-adk opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_ONLY"
from _adk import run

run("sess-adkc")
