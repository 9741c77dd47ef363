# client: AutoGen
# version: autogen-core
# note: sends neither words nor tokens in its own spans: add an instrumentation of the provider
# packages: autogen-agentchat autogen-ext[openai] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import asyncio

from _otel import QUESTIONS, get_weather, start
from _turn import turn

provider = start()
from autogen_agentchat.agents import AssistantAgent
from autogen_ext.models.openai import OpenAIChatCompletionClient


async def main():
    client = OpenAIChatCompletionClient(model="gpt-4o-mini", max_retries=0)
    agent = AssistantAgent("assistant", client, tools=[get_weather], system_message="Be short.", reflect_on_tool_use=True)
    for question in QUESTIONS[:2]:
        with turn("sess-ag", question):
            print((await agent.run(task=question)).messages[-1])



asyncio.run(main())
provider.shutdown()
