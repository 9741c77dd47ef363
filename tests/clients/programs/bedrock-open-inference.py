# client: Bedrock through OpenInference
# version: openinference-instrumentation-bedrock
# packages: boto3 openinference-instrumentation-bedrock opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_REGION="us-east-1", AWS_MAX_ATTEMPTS="1")
from _otel import QUESTIONS, get_weather, start

provider = start()
import boto3
from openinference.instrumentation import using_attributes
from openinference.instrumentation.bedrock import BedrockInstrumentor

BedrockInstrumentor().instrument(tracer_provider=provider)
client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=os.environ["MODEL_URL"])
SCHEMA = {"json": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = {"tools": [{"toolSpec": {"name": "get_weather", "description": "The weather.", "inputSchema": SCHEMA}}]}
GIVEN = {"modelId": "anthropic.claude-sonnet-4-5", "system": [{"text": "Be short."}], "toolConfig": TOOLS}
with using_attributes(session_id="sess-oi-bedrock", user_id="user-7", tags=["alpha", "beta"]):
    for question in QUESTIONS:
        messages = [{"role": "user", "content": [{"text": question}]}]
        try:
            said = client.converse(messages=messages, **GIVEN)["output"]["message"]
            if "toolUse" in said["content"][0]:
                call = said["content"][0]["toolUse"]
                result = {"toolUseId": call["toolUseId"], "content": [{"text": get_weather("Paris")}]}
                messages += [said, {"role": "user", "content": [{"toolResult": result}]}]
                said = client.converse(messages=messages, **GIVEN)["output"]["message"]
            print(said["content"])
        except Exception as error:
            print("ERR", str(error)[:100])
provider.shutdown()
