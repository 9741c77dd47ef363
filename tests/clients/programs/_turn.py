"""A turn of a conversation as an application marks it: a span around all that answers a question, in a session and of a user."""

from contextlib import contextmanager

from opentelemetry import trace


@contextmanager
def turn(session, question):
    attributes = {"session.id": session, "user.id": "user-7", "langfuse.trace.tags": ["alpha", "beta"]}
    with trace.get_tracer("demo").start_as_current_span("turn", attributes=attributes):
        yield question


def tell(answer_of, question):
    """Prints the answer, or the error that the model gave."""
    try:
        print(answer_of(question))
    except Exception as error:
        print("ERR", str(error)[:100])
