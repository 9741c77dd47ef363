# client: smolagents through OpenInference
# version: openinference-instrumentation-smolagents
# packages: smolagents[openai] openinference-instrumentation-smolagents opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _otel import QUESTIONS, start

provider = start()
from openinference.instrumentation import using_attributes
from openinference.instrumentation.smolagents import SmolagentsInstrumentor
from smolagents import OpenAIServerModel, ToolCallingAgent, tool

SmolagentsInstrumentor().instrument(tracer_provider=provider)


@tool
def get_weather(city: str) -> str:
    """The weather of a city.

    Args:
        city: Its name.
    """
    return "21 degrees"


with using_attributes(session_id="sess-oism", user_id="user-7", tags=["alpha", "beta"]):
    for question in (QUESTIONS[1], QUESTIONS[0], QUESTIONS[2]):
        agent = ToolCallingAgent(tools=[get_weather], model=OpenAIServerModel("gpt-4o-mini"), max_steps=2)
        try:
            print(agent.run(question))
        except Exception as error:
            print("ERR", str(error)[:100])
provider.shutdown()
