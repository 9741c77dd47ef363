# client: LiveKit Agents
# version: livekit-agents
# note: sends no user and no tags
# packages: livekit-agents[openai] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import asyncio
import os

from _otel import QUESTIONS, get_weather, start

provider = start()
from livekit.agents import Agent, AgentSession, function_tool
from livekit.agents.telemetry import set_tracer_provider
from livekit.plugins import openai

set_tracer_provider(provider, metadata={"langfuse.session.id": "sess-livekit"})


@function_tool
async def weather(city: str) -> str:
    """The weather of a city."""
    return get_weather(city)


async def main():
    llm = openai.LLM(model="gpt-4o-mini", base_url=os.environ["OPENAI_BASE_URL"], api_key="x")
    async with AgentSession(llm=llm) as session:
        await session.start(Agent(instructions="Be short.", tools=[weather]))
        for question in QUESTIONS:
            try:
                print((await asyncio.wait_for(session.run(user_input=question), 15)).events)
            except Exception as error:
                print("ERR", str(error)[:100])


asyncio.run(main())
provider.shutdown()
