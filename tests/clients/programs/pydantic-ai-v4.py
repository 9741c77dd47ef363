# client: Pydantic AI, version 4 of its format
# version: pydantic-ai-slim
# packages: pydantic-ai-slim[openai] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _pydantic_ai import run

run("openai:gpt-4o-mini", "sess-pav4", version=4)
