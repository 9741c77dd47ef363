# client: Langfuse for Python
# version: langfuse
# packages: langfuse==4.* opentelemetry-exporter-otlp-proto-http
from _langfuse_sdk import run

run("sess-lf4")
