# client: Traceloop SDK for Python, with its decorators
# version: traceloop-sdk
# packages: traceloop-sdk openai httpx
import os

from _otel import QUESTIONS, get_weather
from _turn import tell
import openai
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, task, tool, workflow

Traceloop.init(app_name="demo", api_endpoint=os.environ["OTLP_URL"], api_key="x", disable_batch=True, telemetry_enabled=False)
Traceloop.set_association_properties({"session_id": "sess-tlsdk", "user_id": "user-7", "channel": "web"})
client = openai.OpenAI(max_retries=0)
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}]
weather = tool(name="get_weather")(get_weather)


@task(name="call")
def call(messages):
    return client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message


@agent(name="assistant")
def assistant(question):
    messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": question}]
    said = call(messages)
    if said.tool_calls:
        result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": weather(city="Paris")}
        said = call([*messages, said.model_dump(exclude_none=True), result])
    return said.content


@workflow(name="answer")
def answer(question):
    return assistant(question)


@workflow(name="pictures")
def see(question):
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    content = [{"type": "text", "text": question}, picture]
    messages = [{"role": "user", "content": content}]
    choices = client.chat.completions.create(model="gpt-4o-mini", messages=messages, n=2).choices
    return choices[0].message.content


for question in QUESTIONS:
    tell(answer, question)
tell(see, "What is this?")
