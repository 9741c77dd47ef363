"""MLflow's tracing of OpenAI, with spans of its own around, sent by OTLP."""

import os

from _otel import QUESTIONS, get_weather

os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = os.environ["OTLP_URL"] + "/v1/traces"
os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf"
FUNCTION = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = [{"type": "function", "function": FUNCTION}]


def run():
    import mlflow
    import openai
    from mlflow.entities import SpanType

    mlflow.openai.autolog()
    client = openai.OpenAI(max_retries=0)
    weather = mlflow.trace(get_weather, span_type=SpanType.TOOL)

    @mlflow.trace(span_type=SpanType.RETRIEVER)
    def look_up(question):
        return [{"page_content": "Paris is a city.", "metadata": {"doc_uri": "a.txt"}}]

    @mlflow.trace(name="chat", span_type=SpanType.AGENT)
    def chat(question):
        mlflow.update_current_trace(metadata={"mlflow.trace.session": "sess-mlflow", "mlflow.trace.user": "user-7"})
        look_up(question)
        messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": question}]
        said = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message
        if said.tool_calls:
            result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": weather("Paris")}
            messages += [said.model_dump(exclude_none=True), result]
            said = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS).choices[0].message
        return said.content

    for question in QUESTIONS:
        try:
            print(chat(question))
        except Exception as error:
            print("ERR", str(error)[:100])
    mlflow.flush_trace_async_logging()
