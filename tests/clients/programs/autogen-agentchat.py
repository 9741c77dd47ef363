# client: AutoGen through OpenInference
# version: openinference-instrumentation-autogen-agentchat
# packages: autogen-agentchat autogen-ext[openai] openinference-instrumentation-autogen-agentchat openinference-instrumentation-openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import asyncio

from _otel import QUESTIONS, get_weather, start

provider = start()
from autogen_agentchat.agents import AssistantAgent
from autogen_ext.models.openai import OpenAIChatCompletionClient
from openinference.instrumentation import using_attributes
from openinference.instrumentation.autogen_agentchat import AutogenAgentChatInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor

AutogenAgentChatInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)


async def main():
    client = OpenAIChatCompletionClient(model="gpt-4o-mini", max_retries=0)
    agent = AssistantAgent("assistant", client, tools=[get_weather], system_message="Be short.", reflect_on_tool_use=True)
    for question in QUESTIONS:
        try:
            print((await agent.run(task=question)).messages[-1].content)
        except Exception as error:
            print("ERR", str(error)[:100])


with using_attributes(session_id="sess-autogen", user_id="user-7", tags=["alpha", "beta"]):
    asyncio.run(main())
provider.shutdown()
