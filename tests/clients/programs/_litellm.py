"""LiteLLM, whose callbacks export by OpenTelemetry: a session is in the metadata of each call."""

from _otel import QUESTIONS, get_weather

FUNCTION = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = [{"type": "function", "function": FUNCTION}]


def run(callback, session):
    import time

    import litellm

    litellm.callbacks = [callback]
    metadata = {"session_id": session, "user_id": "user-7", "trace_user_id": "user-7", "tags": ["alpha", "beta"]}

    # LiteLLM notes in the object it is given that it sent the call, and takes the next one with it for the same.
    def chat(messages, model="openai/gpt-4o-mini", **more):
        return litellm.completion(model=model, messages=messages, user="user-7", metadata={**metadata}, num_retries=0, **more)

    first = [{"role": "system", "content": "Be short."}, {"role": "user", "content": QUESTIONS[0]}]
    answer = chat(first).choices[0].message.content
    chat([*first, {"role": "assistant", "content": answer}, {"role": "user", "content": "And Italy?"}])
    weather = [{"role": "user", "content": QUESTIONS[1]}]
    said = chat(weather, tools=TOOLS).choices[0].message
    result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": get_weather("Paris")}
    chat([*weather, said.model_dump(exclude_none=True), result], tools=TOOLS)
    list(chat(first, stream=True, stream_options={"include_usage": True}))
    chat(first[1:], model="anthropic/claude-sonnet-4-5")
    litellm.embedding(model="openai/text-embedding-3-small", input=["hello"], metadata={**metadata})
    try:
        chat([{"role": "user", "content": QUESTIONS[2]}])
    except Exception as error:
        print("ERR", str(error)[:100])
    time.sleep(6)
