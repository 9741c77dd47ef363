# client: Pydantic AI
# version: pydantic-ai-slim
# packages: pydantic-ai-slim[openai]==1.* opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _pydantic_ai import run

run("openai:gpt-4o-mini", "sess-pa1")
