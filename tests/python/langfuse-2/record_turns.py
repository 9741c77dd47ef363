"""Records two turns of one session: one with the client, one with the decorator."""

from langfuse import Langfuse
from langfuse.decorators import langfuse_context, observe

client = Langfuse()
trace = client.trace(name="turn", session_id="python-2", user_id="user-7", tags=["alpha"], input="Where?")
generation = trace.generation(name="answer", model="gpt-4o", input=[{"role": "user", "content": "Where?"}])
generation.end(output="Here.", usage={"input": 100, "output": 20, "unit": "TOKENS"})
trace.update(output="Here.")
trace.score(name="helpful", value=1)
client.flush()


@observe()
def decorated(question):
    langfuse_context.update_current_trace(session_id="python-2", user_id="user-7")
    return "There."


decorated("And then?")
langfuse_context.flush()
