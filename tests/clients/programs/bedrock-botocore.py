# client: OpenTelemetry instrumentation of Bedrock
# version: opentelemetry-instrumentation-botocore
# note: sends words in OTLP logs
# packages: boto3 opentelemetry-instrumentation-botocore opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_REGION="us-east-1", AWS_MAX_ATTEMPTS="1", OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="true")
from _otel import QUESTIONS, get_weather, start
from _turn import tell, turn

provider = start()
import boto3
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor

BotocoreInstrumentor().instrument(tracer_provider=provider)
client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=os.environ["MODEL_URL"])
SCHEMA = {"json": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = {"tools": [{"toolSpec": {"name": "get_weather", "description": "The weather.", "inputSchema": SCHEMA}}]}
GIVEN = {"modelId": "anthropic.claude-sonnet-4-5", "system": [{"text": "Be short."}], "toolConfig": TOOLS}


def ask(question):
    messages = [{"role": "user", "content": [{"text": question}]}]
    with turn("sess-botocore", question):
        said = client.converse(messages=messages, **GIVEN)["output"]["message"]
        if "toolUse" in said["content"][0]:
            call = said["content"][0]["toolUse"]
            result = {"toolUseId": call["toolUseId"], "content": [{"text": get_weather("Paris")}]}
            messages += [said, {"role": "user", "content": [{"toolResult": result}]}]
            said = client.converse(messages=messages, **GIVEN)["output"]["message"]
        return said["content"]


for question in QUESTIONS:
    tell(ask, question)
provider.shutdown()
