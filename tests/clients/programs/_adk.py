"""An agent of Google's Agent Development Kit, in one session of its own."""

import asyncio
import os

os.environ.update(GOOGLE_API_KEY="x", GOOGLE_GENAI_USE_VERTEXAI="false")
from _otel import QUESTIONS, get_weather, start


def run(session):
    provider = start()
    from google.adk.agents import Agent
    from google.adk.runners import InMemoryRunner
    from google.genai import types

    os.environ["GOOGLE_GEMINI_BASE_URL"] = os.environ["MODEL_URL"]
    agent = Agent(name="assistant", model="gemini-2.0-flash", instruction="Be short.", tools=[get_weather])

    async def main():
        runner = InMemoryRunner(agent=agent, app_name="demo")
        await runner.session_service.create_session(app_name="demo", user_id="user-7", session_id=session)
        for question in QUESTIONS:
            message = types.Content(role="user", parts=[types.Part(text=question)])
            try:
                async for event in runner.run_async(user_id="user-7", session_id=session, new_message=message):
                    print(event.content)
            except Exception as error:
                print("ERR", str(error)[:100])

    asyncio.run(main())
    provider.shutdown()
