# client: LangWatch
# version: langwatch
# note: sends no span of an embedding or a response
# packages: langwatch openai
import os

from _openai import conversation

import langwatch
from openai import OpenAI

langwatch.setup(api_key="x", endpoint_url=os.environ["OTLP_URL"])
client = OpenAI(max_retries=0)


class turn:
    """A trace of LangWatch around all that answers a question."""

    def __init__(self, question):
        metadata = {"thread_id": "sess-langwatch", "user_id": "user-7", "labels": ["alpha", "beta"]}
        self.trace = langwatch.trace(name="turn", metadata=metadata)

    def __enter__(self):
        trace = self.trace.__enter__()
        trace.autotrack_openai_calls(client)

    def __exit__(self, *error):
        return self.trace.__exit__(*error)


conversation(client, turn)
