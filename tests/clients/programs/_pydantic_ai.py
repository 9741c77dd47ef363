"""An agent of Pydantic AI that is asked, that streams and that fails; what differs is the version and the format of its spans."""

import asyncio

from _otel import QUESTIONS, get_weather, start
from _turn import turn


def run(model, session, **settings):
    provider = start()
    from pydantic_ai import Agent
    from pydantic_ai.models.instrumented import InstrumentationSettings

    Agent.instrument_all(InstrumentationSettings(tracer_provider=provider, **settings))
    agent = Agent(model, name="assistant", system_prompt="Be short.", tools=[get_weather])

    async def main():
        history = []
        for question in QUESTIONS[:2]:
            with turn(session, question):
                result = await agent.run(question, message_history=history)
                history = result.all_messages()
                print(result.output)
        with turn(session, "stream"):
            async with agent.run_stream("Tell me the capital of France as a stream") as result:
                print(await result.get_output())
        with turn(session, QUESTIONS[2]):
            try:
                await agent.run(QUESTIONS[2])
            except Exception as error:
                print("ERR", str(error)[:100])

    asyncio.run(main())
    provider.shutdown()
