from langfuse import observe, get_client

@observe()
def process_request():
    # Get client instance
    langfuse = get_client()

    # Add session_id to current trace
    langfuse.update_current_trace(session_id="your-session-id")

    # ... processing logic ...
    return result
