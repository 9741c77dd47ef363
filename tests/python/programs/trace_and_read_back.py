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


def filter_of(*conditions):
    return json.dumps([dict(zip(("type", "column", "operator", "value"), condition)) for condition in conditions])


def every_page_of_observations(**query):
    """Observations of version 2, page by page."""
    found, cursor = [], None
    while True:
        page = langfuse.api.observations_v_2.get_many(limit=2, cursor=cursor, **query)
        found += page.data
        cursor = page.meta.cursor
        if cursor is None:
            return found


trace = langfuse.api.trace.get(trace_id)
read = {
    "authenticated": authenticated,
    "traceId": trace_id,
    "session": as_json(langfuse.api.sessions.get("python-session")),
    "sessions": as_json(langfuse.api.sessions.list(limit=10)),
    "trace": as_json(trace),
    "traces": as_json(langfuse.api.trace.list(session_id="python-session")),
    "filteredTraces": as_json(
        langfuse.api.trace.list(
            filter=filter_of(("string", "userId", "=", "ada"), ("arrayOptions", "tags", "all of", ["docs", "python"]))
        )
    ),
    "generations": as_json(langfuse.api.observations.get_many(trace_id=trace_id, type="GENERATION")),
    "tools": as_json(langfuse.api.observations.get_many(trace_id=trace_id, name="search")),
    "warnings": as_json(
        langfuse.api.observations.get_many(
            filter=filter_of(("string", "level", "=", "WARNING"), ("string", "sessionId", "=", "python-session"))
        )
    ),
    "observation": as_json(langfuse.api.observations.get(trace.observations[0].id)),
    "observationsV2": every_page_of_observations(trace_id=trace_id, fields="basic,io,usage"),
}

langfuse.create_score(trace_id=trace_id, name="helpful", value=0.5, score_id="python-score")
langfuse.flush()
read["scores"] = as_json(langfuse.api.score_v_2.get(trace_id=trace_id))
langfuse.api.score.delete("python-score")
read["scoresAfter"] = as_json(langfuse.api.score_v_2.get(trace_id=trace_id))

read["deleted"] = as_json(langfuse.api.trace.delete(trace_id))
read["deletedAgain"] = as_json(langfuse.api.trace.delete_multiple(trace_ids=[trace_id]))
read["tracesAfter"] = as_json(langfuse.api.trace.list(session_id="python-session"))
json.dump(read, sys.stdout)
