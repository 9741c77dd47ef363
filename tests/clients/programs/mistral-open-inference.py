# client: Mistral through OpenInference
# version: openinference-instrumentation-mistralai
# note: sends neither the calls of tools that go in nor cached tokens
# packages: mistralai openinference-instrumentation-mistralai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

from _otel import QUESTIONS, get_weather, start
from _turn import tell, turn

provider = start()
from mistralai.client import Mistral
from openinference.instrumentation.mistralai import MistralAIInstrumentor

MistralAIInstrumentor().instrument(tracer_provider=provider)
client = Mistral(api_key="x", server_url=os.environ["MODEL_URL"])
FUNCTION = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
GIVEN = {"model": "mistral-large-latest", "tools": [{"type": "function", "function": FUNCTION}]}
PICTURE = {"type": "image_url", "image_url": "https://example.com/a.png"}


def chat(content):
    with turn("sess-mistral", content):
        messages = [{"role": "user", "content": content}]
        said = client.chat.complete(messages=messages, **GIVEN).choices[0].message
        if said.tool_calls:
            name, call = "get_weather", said.tool_calls[0].id
            result = {"role": "tool", "name": name, "tool_call_id": call, "content": get_weather("Paris")}
            said = client.chat.complete(messages=[*messages, said, result], **GIVEN).choices[0].message
        return said.content


def stream(question):
    with turn("sess-mistral", question):
        parts = client.chat.stream(messages=[{"role": "user", "content": question}], **GIVEN)
        return "".join(part.data.choices[0].delta.content or "" for part in parts if part.data.choices)


for question in QUESTIONS:
    tell(chat, question)
tell(chat, [{"type": "text", "text": "What is in the picture?"}, PICTURE])
tell(stream, "Stream the capital of France")
provider.shutdown()
