# client: OpenLLMetry, OpenAI Agents
# version: opentelemetry-instrumentation-openai-agents
# note: sends no words of a call that fails
# packages: opentelemetry-instrumentation-openai-agents openai-agents opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _otel import QUESTIONS, get_weather, start
from _turn import tell, turn

provider = start()
from agents import Agent, Runner, function_tool
from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor

OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
agent = Agent(name="assistant", instructions="Be short.", model="gpt-4o-mini", tools=[function_tool(get_weather)])


def ask(question):
    with turn("sess-tloa", question):
        return Runner.run_sync(agent, question).final_output


for question in QUESTIONS:
    tell(ask, question)
provider.shutdown()
