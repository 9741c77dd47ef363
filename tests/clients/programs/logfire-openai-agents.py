# client: Logfire, OpenAI Agents
# version: logfire
# note: sends no words of a call that fails
# packages: logfire openai-agents
import os

from _otel import QUESTIONS, get_weather

os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf"
import logfire
from agents import Agent, Runner, function_tool

logfire.configure(send_to_logfire=False, console=False, service_name="demo", inspect_arguments=False, scrubbing=False)
logfire.instrument_openai_agents()
agent = Agent(name="assistant", instructions="Be short.", model="gpt-4o-mini", tools=[function_tool(get_weather)])
triage = Agent(name="triage", model="gpt-4o-mini", handoffs=[agent])
for question, first in [*((question, agent) for question in QUESTIONS), (QUESTIONS[1], triage)]:
    with logfire.span("answer {question}", question=question, **{"session.id": "sess-logfire-oa", "user.id": "user-7"}):
        try:
            print(Runner.run_sync(first, question, max_turns=4).final_output)
        except Exception as error:
            print("ERR", str(error)[:100])
logfire.shutdown()
