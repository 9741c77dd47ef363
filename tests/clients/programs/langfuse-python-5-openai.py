# client: Langfuse for Python, OpenAI
# version: langfuse
# packages: langfuse==5.* openai opentelemetry-exporter-otlp-proto-http
from _langfuse_openai import run

run("sess-lf5o")
