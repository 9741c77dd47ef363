"""Anthropic's client as an application uses it: an answer, a call of a tool, a stream and an error."""

from contextlib import nullcontext

from _otel import QUESTIONS, get_weather

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOLS = [{"name": "get_weather", "description": "The weather of a city.", "input_schema": SCHEMA}]
GIVEN = {"model": "claude-sonnet-4-5", "max_tokens": 100, "system": "Be short.", "tools": TOOLS}


def conversation(client, turn=nullcontext):
    """`turn(question)` is the context in which a question is answered."""

    def chat(question):
        messages = [{"role": "user", "content": question}]
        said = client.messages.create(messages=messages, **GIVEN)
        if said.stop_reason == "tool_use":
            result = {"type": "tool_result", "tool_use_id": said.content[0].id, "content": get_weather("Paris")}
            content = [block.model_dump(exclude_none=True) for block in said.content]
            messages += [{"role": "assistant", "content": content}, {"role": "user", "content": [result]}]
            said = client.messages.create(messages=messages, **GIVEN)
        return said.content[0].text

    def stream(question):
        with client.messages.stream(messages=[{"role": "user", "content": question}], **GIVEN) as parts:
            return "".join(parts.text_stream)

    for answer, question in [*((chat, question) for question in QUESTIONS), (stream, "Stream the capital of France")]:
        try:
            with turn(question):
                print(answer(question))
        except Exception as error:
            print("ERR", str(error)[:100])
