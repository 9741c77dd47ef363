"""Langfuse's own observations of every type, by decorator and by hand."""

import os

from _otel import QUESTIONS

os.environ.update(LANGFUSE_PUBLIC_KEY="pk", LANGFUSE_SECRET_KEY="sk", LANGFUSE_HOST=os.environ["OTLP_URL"])


def run(session):
    from langfuse import get_client, observe, propagate_attributes

    langfuse = get_client()

    @observe(as_type="generation")
    def answer(messages, words):
        usage = {"input": 60, "cache_read_input_tokens": 40, "output": 12, "output_reasoning": 8, "total": 120}
        langfuse.update_current_generation(model="gpt-4o-mini", usage_details=usage, cost_details={"total": 0.001})
        return words

    @observe(as_type="tool")
    def get_weather(city):
        return {"temp": 21}

    @observe(as_type="agent")
    def chat(question):
        for kind in ("retriever", "embedding", "guardrail", "evaluator"):
            more = {"model": "text-embedding-3-small"} if kind == "embedding" else {}
            with langfuse.start_as_current_observation(as_type=kind, name=kind, input=question, **more) as observation:
                observation.update(output=["fine"])
        if "weather" in question:
            get_weather("Paris")
        langfuse.create_event(name="looked", input={"at": "the map"})
        words = "It is 21 degrees." if "weather" in question else "Paris."
        return answer([{"role": "user", "content": question}], words)

    @observe(as_type="generation")
    def fail(messages):
        langfuse.update_current_generation(model="gpt-4o-mini", usage_details={"input": 10, "output": 0})
        raise ValueError("The model exploded")

    with propagate_attributes(session_id=session, user_id="user-7", tags=["alpha", "beta"]):
        for question in QUESTIONS[:2]:
            print(chat(question))
        try:
            fail([{"role": "user", "content": QUESTIONS[2]}])
        except ValueError as error:
            print("ERR", error)
    langfuse.flush()
