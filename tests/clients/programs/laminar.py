# client: Laminar
# version: lmnr
# packages: lmnr[openai] openai
import os
from urllib.parse import urlparse

from _otel import QUESTIONS, get_weather
from _turn import tell

from lmnr import Laminar, observe

at = urlparse(os.environ["OTLP_URL"])
Laminar.initialize(project_api_key="x", base_url=f"{at.scheme}://{at.hostname}", http_port=at.port, force_http=True, disable_batch=True)
from openai import OpenAI

client = OpenAI(max_retries=0)
FUNCTION = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = [{"type": "function", "function": FUNCTION}]
weather = observe(name="get_weather", span_type="TOOL")(get_weather)


def call(messages):
    return client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message


@observe(session_id="sess-laminar", user_id="user-7", tags=["alpha", "beta"])
def answer(question):
    messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": question}]
    said = call(messages)
    if said.tool_calls:
        result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": weather("Paris")}
        said = call([*messages, said.model_dump(exclude_none=True), result])
    return said.content


for question in QUESTIONS:
    tell(answer, question)
Laminar.shutdown()
