# client: Logfire, OpenAI
# version: logfire
# packages: logfire openai
import os

from _otel import QUESTIONS, get_weather

os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf"
import logfire
import openai

logfire.configure(send_to_logfire=False, console=False, service_name="demo", inspect_arguments=False, scrubbing=False)
logfire.instrument_openai()
client = openai.OpenAI(max_retries=0)
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
RESPONSES_TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}, "strict": False}


def chat(question):
    messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": question}]
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[TOOL]).choices[0].message
    if answer.tool_calls:
        messages += [answer.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": answer.tool_calls[0].id, "content": get_weather("Paris")}]
        answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[TOOL]).choices[0].message
    return answer.content


def responses(question):
    return client.responses.create(model="gpt-4o-mini", instructions="Be short.", input=question).output_text


for ask, question in [*((chat, question) for question in QUESTIONS), (responses, QUESTIONS[0])]:
    with logfire.span("turn", **{"session.id": "sess-logfire", "user.id": "user-7"}):
        try:
            print(ask(question))
        except Exception as error:
            print("ERR", str(error)[:100])
logfire.shutdown()
