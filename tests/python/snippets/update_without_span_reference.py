with langfuse.start_as_current_span(name="another-operation"):
    # Add session_id to current trace
    langfuse.update_current_trace(session_id="your-session-id")
