# client: Microsoft Agent Framework
# version: agent-framework-core
# packages: agent-framework-core agent-framework-openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import asyncio

from _otel import QUESTIONS, get_weather, start
from _turn import turn

provider = start()
from agent_framework.observability import enable_instrumentation
from agent_framework.openai import OpenAIChatCompletionClient

enable_instrumentation(enable_sensitive_data=True)


async def main():
    client = OpenAIChatCompletionClient(model="gpt-4o-mini")
    agent = client.as_agent(name="assistant", instructions="Be short.", tools=[get_weather])
    for question in QUESTIONS:
        with turn("sess-af", question):
            try:
                print(await agent.run(question))
            except Exception as error:
                print("ERR", str(error)[:100])


asyncio.run(main())
provider.shutdown()
