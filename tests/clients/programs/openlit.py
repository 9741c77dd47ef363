# client: OpenLIT, OpenAI
# version: openlit
# note: sends no words of a call that fails
# packages: openlit openai opentelemetry-exporter-otlp-proto-http
import os

from _otel import QUESTIONS, get_weather

import openai
import openlit
from opentelemetry import trace

openlit.init(application_name="demo", disable_metrics=True, disable_batch=True, capture_message_content=True)
client = openai.OpenAI(max_retries=0)
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
tracer = trace.get_tracer("demo")
for question in QUESTIONS:
    with tracer.start_as_current_span("turn") as span:
        span.set_attributes({"session.id": "sess-openlit", "user.id": "user-7"})
        messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": question}]
        try:
            answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[TOOL]).choices[0].message
            if answer.tool_calls:
                messages += [answer.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": answer.tool_calls[0].id, "content": get_weather("Paris")}]
                answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[TOOL]).choices[0].message
            print(answer.content)
        except Exception as error:
            print("ERR", str(error)[:100])
trace.get_tracer_provider().shutdown()
