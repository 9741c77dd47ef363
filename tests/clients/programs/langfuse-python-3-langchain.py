# client: Langfuse for Python, LangChain
# version: langfuse
# packages: langfuse==3.* langchain langchain-openai langgraph opentelemetry-exporter-otlp-proto-http
from _langfuse_langchain import run

run("sess-lf3lc")
