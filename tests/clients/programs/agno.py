# client: Agno through OpenInference
# version: openinference-instrumentation-agno
# packages: agno openai openinference-instrumentation-agno opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

from _otel import QUESTIONS, get_weather, start

provider = start()
from agno.agent import Agent
from agno.models.openai import OpenAIChat
from openinference.instrumentation.agno import AgnoInstrumentor

AgnoInstrumentor().instrument(tracer_provider=provider)
model = OpenAIChat(id="gpt-4o-mini", base_url=os.environ["OPENAI_BASE_URL"])
agent = Agent(name="assistant", model=model, instructions="Be short.", tools=[get_weather], session_id="sess-agno", user_id="user-7")
for question in QUESTIONS:
    try:
        print(agent.run(question).content)
    except Exception as error:
        print("ERR", str(error)[:100])
provider.shutdown()
