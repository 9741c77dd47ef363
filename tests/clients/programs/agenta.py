# client: Agenta
# version: agenta
# note: sends no tags
# packages: agenta openai opentelemetry-instrumentation-openai
import os

from _otel import QUESTIONS, get_weather
from _turn import tell

os.environ.update(AGENTA_HOST=os.environ["OTLP_URL"], AGENTA_API_KEY="x")
import agenta as ag

ag.init()
from openai import OpenAI
from opentelemetry import trace
from opentelemetry.instrumentation.openai import OpenAIInstrumentor

OpenAIInstrumentor().instrument()
client = OpenAI(max_retries=0)
FUNCTION = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = [{"type": "function", "function": FUNCTION}]


def call(messages):
    return client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message


@ag.instrument(spankind="TOOL")
def weather(city):
    return get_weather(city)


@ag.instrument(spankind="WORKFLOW")
def ask(question):
    ag.tracing.store_session("sess-agenta")
    ag.tracing.store_user("user-7")
    messages = [{"role": "user", "content": question}]
    said = call(messages)
    if said.tool_calls:
        result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": weather("Paris")}
        said = call([*messages, said.model_dump(exclude_none=True), result])
    return said.content


for question in QUESTIONS:
    tell(ask, question)
trace.get_tracer_provider().force_flush()
