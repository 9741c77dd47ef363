# client: BeeAI through OpenInference
# version: openinference-instrumentation-beeai
# packages: beeai-framework openinference-instrumentation-beeai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import asyncio

from _otel import QUESTIONS, get_weather, start

provider = start()
from beeai_framework.agents.requirement import RequirementAgent
from beeai_framework.backend import ChatModel
from beeai_framework.tools import tool
from openinference.instrumentation import using_attributes
from openinference.instrumentation.beeai import BeeAIInstrumentor

BeeAIInstrumentor().instrument(tracer_provider=provider)


async def main():
    agent = RequirementAgent(llm=ChatModel.from_name("openai:gpt-4o-mini"), tools=[tool(get_weather)], instructions="Be short.")
    for question in QUESTIONS:
        try:
            print((await agent.run(question)).last_message.text)
        except Exception as error:
            print("ERR", str(error)[:100])


with using_attributes(session_id="sess-bee", user_id="user-7", tags=["alpha", "beta"]):
    asyncio.run(main())
provider.shutdown()
