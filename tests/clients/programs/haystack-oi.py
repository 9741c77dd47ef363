# client: Haystack through OpenInference
# version: openinference-instrumentation-haystack
# packages: haystack-ai openinference-instrumentation-haystack opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _otel import QUESTIONS, get_weather, start

provider = start()
from haystack import Pipeline
from haystack.components.agents import Agent
from haystack.components.builders import ChatPromptBuilder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import create_tool_from_function
from openinference.instrumentation import using_attributes
from openinference.instrumentation.haystack import HaystackInstrumentor

HaystackInstrumentor().instrument(tracer_provider=provider)
with using_attributes(session_id="sess-hsoi", user_id="user-7", tags=["alpha", "beta"]):
    pipeline = Pipeline()
    template = [ChatMessage.from_system("Be short."), ChatMessage.from_user("{{question}}")]
    pipeline.add_component("prompt", ChatPromptBuilder(template=template, required_variables="*"))
    pipeline.add_component("llm", OpenAIChatGenerator(model="gpt-4o-mini", max_retries=0))
    pipeline.connect("prompt", "llm")
    print(pipeline.run({"prompt": {"question": QUESTIONS[0]}}))
    tools = [create_tool_from_function(get_weather)]
    agent = Agent(chat_generator=OpenAIChatGenerator(model="gpt-4o-mini"), tools=tools, system_prompt="Be short.")
    print(agent.run(messages=[ChatMessage.from_user(QUESTIONS[1])])["messages"][-1].text)
    try:
        pipeline.run({"prompt": {"question": QUESTIONS[2]}})
    except Exception as error:
        print("ERR", str(error)[:100])
provider.shutdown()
