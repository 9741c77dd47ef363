# client: Langfuse for Python, LangChain
# version: langfuse
# packages: langfuse==5.* langchain langchain-openai langgraph opentelemetry-exporter-otlp-proto-http
from _langfuse_langchain import run

run("sess-lf5lc")
