# client: LangSmith, export by OpenTelemetry
# version: langsmith
# packages: langsmith[otel] langchain langchain-openai langgraph opentelemetry-exporter-otlp-proto-http
import os

os.environ.update(LANGSMITH_OTEL_ENABLED="true", LANGSMITH_OTEL_ONLY="true", LANGSMITH_TRACING="true", LANGSMITH_API_KEY="x")
from _otel import QUESTIONS, get_weather, start

provider = start()
from langchain.agents import create_agent
from langchain_core.tracers.langchain import wait_for_all_tracers
from langchain_openai import ChatOpenAI

agent = create_agent(ChatOpenAI(model="gpt-4o-mini", max_retries=0), tools=[get_weather], system_prompt="Be short.")
config = {"metadata": {"session_id": "sess-ls", "user_id": "user-7"}, "tags": ["alpha", "beta"]}
for question in QUESTIONS:
    try:
        print(agent.invoke({"messages": [("user", question)]}, config)["messages"][-1].content)
    except Exception as error:
        print("ERR", str(error)[:100])
wait_for_all_tracers()
provider.shutdown()
