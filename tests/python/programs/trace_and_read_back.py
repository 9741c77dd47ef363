"""Traces a chat turn, then reads it back with the client's own API, whose models check every field. Prints JSON."""

import json
import sys

from langfuse import get_client

langfuse = get_client()
authenticated = langfuse.auth_check()

with langfuse.start_as_current_span(name="chat-turn", input={"question": "Why?"}) as turn:
    turn.update_trace(session_id="python-session", user_id="ada", tags=["docs", "python"], metadata={"plan": "free"})
    with turn.start_as_current_generation(
        name="answer",
        model="gpt-4o",
        model_parameters={"temperature": 0.2},
        input=[{"role": "user", "content": "Why?"}],
    ) as generation:
        generation.update(output="Because.", usage_details={"input": 7, "output": 2})
    with turn.start_as_current_observation(name="search", as_type="tool", input={"query": "why"}) as tool:
        tool.update(output=["a document"], level="WARNING", status_message="only one hit")
    turn.update(output="Because.")
trace_id = turn.trace_id
langfuse.flush()


def as_json(model):
    return json.loads(model.json())


trace = langfuse.api.trace.get(trace_id)
json.dump(
    {
        "authenticated": authenticated,
        "traceId": trace_id,
        "session": as_json(langfuse.api.sessions.get("python-session")),
        "sessions": as_json(langfuse.api.sessions.list(limit=10)),
        "trace": as_json(trace),
        "traces": as_json(langfuse.api.trace.list(session_id="python-session")),
        "generations": as_json(langfuse.api.observations.get_many(trace_id=trace_id, type="GENERATION")),
        "tools": as_json(langfuse.api.observations.get_many(trace_id=trace_id, name="search")),
    },
    sys.stdout,
)
