"""Bedrock's client as an application uses it: an answer, a call of a tool and an error."""

import os
from contextlib import nullcontext

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_REGION="us-east-1", AWS_MAX_ATTEMPTS="1")
import boto3
from _otel import QUESTIONS, get_weather
from _turn import tell

SCHEMA = {"json": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = {"tools": [{"toolSpec": {"name": "get_weather", "description": "The weather.", "inputSchema": SCHEMA}}]}
GIVEN = {"modelId": "anthropic.claude-sonnet-4-5", "system": [{"text": "Be short."}], "toolConfig": TOOLS}


def conversation(turn=nullcontext):
    """`turn(question)` is the context in which a question is answered. Instrument before: the client is made here."""
    client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=os.environ["MODEL_URL"])

    def ask(question):
        messages = [{"role": "user", "content": [{"text": question}]}]
        with turn(question):
            said = client.converse(messages=messages, **GIVEN)["output"]["message"]
            if "toolUse" in said["content"][0]:
                call = said["content"][0]["toolUse"]
                result = {"toolUseId": call["toolUseId"], "content": [{"text": get_weather("Paris")}]}
                messages += [said, {"role": "user", "content": [{"toolResult": result}]}]
                said = client.converse(messages=messages, **GIVEN)["output"]["message"]
            return said["content"]

    for question in QUESTIONS:
        tell(ask, question)
