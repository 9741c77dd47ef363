# client: OpenAI Agents through OpenInference
# version: openinference-instrumentation-openai-agents
# note: sends no words of a call that fails
# packages: openai-agents openinference-instrumentation-openai-agents opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import asyncio

from _otel import QUESTIONS, get_weather, start

provider = start()
from agents import Agent, Runner, SQLiteSession, function_tool, handoff
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from openai import AsyncOpenAI
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
client = AsyncOpenAI(max_retries=0)
weather = function_tool(get_weather)


async def main():
    responses = Agent(name="assistant", instructions="Be short.", model="gpt-4o-mini", tools=[weather])
    by_chat = responses.clone(model=OpenAIChatCompletionsModel("gpt-4o-mini", client))
    history = SQLiteSession("h-1")
    for agent, question in ((responses, QUESTIONS[0]), (responses, QUESTIONS[1]), (by_chat, QUESTIONS[1])):
        session = history if agent is responses else None
        print((await Runner.run(agent, question, session=session)).final_output)
    stream = Runner.run_streamed(by_chat, "Stream the capital of France")
    async for _ in stream.stream_events():
        pass
    # Handed over to another agent.
    triage = Agent(name="triage", model=by_chat.model, handoffs=[handoff(by_chat, tool_name_override="to_assistant")])
    print((await Runner.run(triage, QUESTIONS[1])).final_output)
    try:
        await Runner.run(responses, QUESTIONS[2])
    except Exception as error:
        print("ERR", str(error)[:100])


with using_attributes(session_id="sess-oa", user_id="user-7", tags=["alpha", "beta"]):
    asyncio.run(main())
provider.shutdown()
