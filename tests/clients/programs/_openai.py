"""OpenAI's client as an application uses it: an answer, a call of a tool, a stream, an embedding and an error."""

from contextlib import nullcontext

from _otel import QUESTIONS, get_weather

FUNCTION = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = [{"type": "function", "function": FUNCTION}]


def conversation(client, turn=nullcontext):
    """`turn(question)` is the context in which a question is answered."""

    def chat(question):
        messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": question}]
        said = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message
        if said.tool_calls:
            result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": get_weather("Paris")}
            messages += [said.model_dump(exclude_none=True), result]
            said = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message
        return said.content

    def stream(question):
        messages = [{"role": "user", "content": question}]
        more = {"stream": True, "stream_options": {"include_usage": True}}
        parts = client.chat.completions.create(model="gpt-4o-mini", messages=messages, **more)
        return "".join(part.choices[0].delta.content or "" for part in parts if part.choices)

    def respond(question):
        return client.responses.create(model="gpt-4o-mini", instructions="Be short.", input=question).output_text

    def embed(words):
        return client.embeddings.create(model="text-embedding-3-small", input=words).data[0].embedding

    asked = [(chat, question) for question in QUESTIONS]
    for answer, question in [*asked, (stream, "Stream the capital of France"), (respond, QUESTIONS[0]), (embed, "hello")]:
        try:
            with turn(question):
                print(answer(question))
        except Exception as error:
            print("ERR", str(error)[:100])
