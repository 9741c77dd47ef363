# client: Haystack, its own tracer
# version: haystack-ai
# packages: haystack-ai opentelemetry-haystack opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["HAYSTACK_CONTENT_TRACING_ENABLED"] = "true"
from _otel import QUESTIONS, get_weather, start
from _turn import tell, turn

provider = start()
from haystack import Pipeline, tracing
from haystack.components.agents import Agent
from haystack.components.builders import ChatPromptBuilder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import create_tool_from_function
from haystack_integrations.tracing.opentelemetry import OpenTelemetryTracer
from opentelemetry import trace

tracing.enable_tracing(OpenTelemetryTracer(trace.get_tracer("haystack")))
tracing.tracer.is_content_tracing_enabled = True
pipeline = Pipeline()
template = [ChatMessage.from_system("Be short."), ChatMessage.from_user("{{question}}")]
pipeline.add_component("prompt", ChatPromptBuilder(template=template, required_variables="*"))
pipeline.add_component("llm", OpenAIChatGenerator(model="gpt-4o-mini", max_retries=0))
pipeline.connect("prompt", "llm")
tools = [create_tool_from_function(get_weather)]
agent = Agent(chat_generator=OpenAIChatGenerator(model="gpt-4o-mini"), tools=tools, system_prompt="Be short.")


def ask(question):
    with turn("sess-haystack", question):
        if "weather" in question:
            return agent.run(messages=[ChatMessage.from_user(question)])["messages"][-1].text
        return pipeline.run({"prompt": {"question": question}})["llm"]["replies"][0].text


for question in QUESTIONS:
    tell(ask, question)
provider.shutdown()
