# client: Pydantic AI with Anthropic’s SDK
# version: pydantic-ai-slim
# packages: pydantic-ai-slim[anthropic] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _pydantic_ai import run

run("anthropic:claude-sonnet-4-5", "sess-paa")
