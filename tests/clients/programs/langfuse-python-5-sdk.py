# client: Langfuse for Python
# version: langfuse
# packages: langfuse==5.* opentelemetry-exporter-otlp-proto-http
from _langfuse_sdk import run

run("sess-lf5")
