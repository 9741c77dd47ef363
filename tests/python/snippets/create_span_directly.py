from langfuse import get_client

langfuse = get_client()

# Set session_id when creating root span
with langfuse.start_as_current_span(
    name="process-chat-message"
) as root_span:
    # Add session_id to trace
    root_span.update_trace(session_id="chat-session-123")

    # All spans under this trace belong to the same session
    with root_span.start_as_current_generation(
        name="generate-response",
        model="gpt-4o"
    ) as gen:
        # ... generate response ...
        pass
