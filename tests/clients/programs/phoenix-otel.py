# client: Phoenix, with its decorators
# version: arize-phoenix-otel
# packages: arize-phoenix-otel openinference-instrumentation-openai openai
import os

from _otel import QUESTIONS, get_weather
from _turn import tell
from phoenix.otel import register

provider = register(endpoint=os.environ["OTLP_URL"] + "/v1/traces", protocol="http/protobuf", project_name="demo", verbose=False)
import openai
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor

OpenAIInstrumentor().instrument(tracer_provider=provider)
tracer = provider.get_tracer("demo")
client = openai.OpenAI(max_retries=0)
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}]
weather = tracer.tool(get_weather)


@tracer.agent
def assistant(question: str):
    messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": question}]
    said = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message
    if said.tool_calls:
        result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": weather(city="Paris")}
        messages += [said.model_dump(exclude_none=True), result]
        said = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message
    return said.content


@tracer.chain
def answer(question: str):
    return assistant(question)


def find(query):
    with tracer.start_as_current_span("find", openinference_span_kind="retriever") as span:
        span.set_input(query)
        document = {"retrieval.documents.0.document.id": "a.txt", "retrieval.documents.0.document.content": "Paris is a city."}
        span.set_attributes(document)


with using_attributes(session_id="sess-phoenix", user_id="user-7", tags=["alpha", "beta"]):
    for question in QUESTIONS:
        tell(answer, question)
    find("cities of France")
    weather(city="Paris")
provider.shutdown()
