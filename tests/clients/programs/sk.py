# client: Semantic Kernel
# version: semantic-kernel
# note: sends the question in log records alone
# packages: semantic-kernel opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import asyncio
import os

os.environ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS"] = "true"
os.environ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE"] = "true"
from _otel import QUESTIONS, get_weather, start

provider = start()
import openai
from opentelemetry import trace
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion
from semantic_kernel.functions import kernel_function


class Weather:
    @kernel_function(name="get_weather", description="The weather of a city.")
    def get_weather(self, city: str) -> str:
        return get_weather(city)


async def main():
    service = OpenAIChatCompletion(ai_model_id="gpt-4o-mini", async_client=openai.AsyncOpenAI(max_retries=0))
    agent = ChatCompletionAgent(service=service, name="assistant", instructions="Be short.", plugins=[Weather()])
    thread = None
    for question in QUESTIONS:
        with trace.get_tracer("demo").start_as_current_span("turn") as span:
            span.set_attributes({"session.id": "sess-sk", "user.id": "user-7"})
            try:
                answer = await agent.get_response(messages=question, thread=thread)
                thread = answer.thread
                print(answer.message)
            except Exception as error:
                print("ERR", str(error)[:100])


asyncio.run(main())
provider.shutdown()
