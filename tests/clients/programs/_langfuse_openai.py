"""Langfuse's drop-in for OpenAI's client, whose versions differ in how a session is set."""

import os

from _otel import QUESTIONS, get_weather

os.environ.update(LANGFUSE_PUBLIC_KEY="pk", LANGFUSE_SECRET_KEY="sk", LANGFUSE_HOST=os.environ["OTLP_URL"])
FUNCTION = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = [{"type": "function", "function": FUNCTION}]


def run(session):
    from langfuse import get_client
    from langfuse.openai import OpenAI

    langfuse = get_client()
    client = OpenAI(max_retries=0)
    metadata = {"langfuse_session_id": session, "langfuse_user_id": "user-7", "langfuse_tags": ["alpha", "beta"]}

    def chat(messages, **more):
        given = {"model": "gpt-4o-mini", "messages": messages, "metadata": metadata, **more}
        return client.chat.completions.create(**given)

    user = [{"role": "system", "content": "Be short."}, {"role": "user", "content": QUESTIONS[0]}]
    answer = chat(user).choices[0].message
    chat([*user, {"role": "assistant", "content": answer.content}, {"role": "user", "content": "Really?"}])
    weather = [{"role": "user", "content": QUESTIONS[1]}]
    answer = chat(weather, tools=TOOLS).choices[0].message
    result = {"role": "tool", "tool_call_id": answer.tool_calls[0].id, "content": get_weather("Paris")}
    chat([*weather, answer.model_dump(exclude_none=True), result], tools=TOOLS)
    for more in ({}, {"tools": TOOLS}):
        asked = weather if more else user
        list(chat(asked, stream=True, stream_options={"include_usage": True}, **more))
    client.responses.create(model="gpt-4o-mini", instructions="Be short.", input=QUESTIONS[0], metadata=metadata)
    client.embeddings.create(model="text-embedding-3-small", input="hello", metadata=metadata)
    try:
        chat([{"role": "user", "content": QUESTIONS[2]}])
    except Exception as error:
        print("ERR", str(error)[:100])
    langfuse.flush()
