# client: Strands Agents
# version: strands-agents
# packages: strands-agents[openai,otel] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _otel import QUESTIONS, get_weather, start

provider = start()
from strands import Agent, tool
from strands.models.openai import OpenAIModel

model = OpenAIModel(client_args={"max_retries": 0}, model_id="gpt-4o-mini")
attributes = {"session.id": "sess-st", "user.id": "user-7", "langfuse.tags": ["alpha", "beta"]}
for question in QUESTIONS:
    agent = Agent(model=model, tools=[tool(get_weather)], system_prompt="Be short.", trace_attributes=attributes)
    try:
        print(agent(question))
    except Exception as error:
        print("ERR", str(error)[:100])
provider.shutdown()
