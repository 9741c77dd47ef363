# client: Pydantic AI
# version: pydantic-ai-slim
# packages: pydantic-ai-slim[openai]==0.8.* opentelemetry-sdk==1.36.* opentelemetry-exporter-otlp-proto-http
from _pydantic_ai import run

run("openai:gpt-4o-mini", "sess-pa0v2", version=2)
