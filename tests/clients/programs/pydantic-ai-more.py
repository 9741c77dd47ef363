# client: Pydantic AI, images, structured output and an agent within an agent
# version: pydantic-ai-slim
# packages: pydantic-ai-slim[openai,anthropic] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _otel import QUESTIONS, get_weather, start
from _turn import tell, turn

provider = start()
from pydantic import BaseModel
from pydantic_ai import Agent, ImageUrl, ModelRetry

Agent.instrument_all()


class Place(BaseModel):
    city: str


inner = Agent("openai-chat:gpt-4o-mini", name="inner", instructions="Be short.")
outer = Agent("openai-chat:gpt-4o-mini", name="outer")
failing = Agent("openai-chat:gpt-4o-mini", name="failing", retries=3)
structured = Agent("openai-chat:gpt-4o-mini", name="structured", output_type=Place)


@outer.tool_plain
async def ask_inner(city: str) -> str:
    return (await inner.run(f"What is known of {city}?")).output


@failing.tool_plain
def broken_weather(city: str) -> str:
    raise ModelRetry("No such city")


def run(agent):
    def ask(question):
        with turn("sess-pydantic-more", question):
            return agent.run_sync(question).output

    return ask


def see(question):
    with turn("sess-pydantic-more", question):
        return inner.run_sync([question, ImageUrl(url="https://example.com/a.png")]).output


tell(run(structured), "What is the weather in Paris?")
tell(run(outer), "What is the weather in Paris?")
tell(run(failing), "What is the weather in Paris?")
tell(see, "What is this?")
provider.shutdown()
