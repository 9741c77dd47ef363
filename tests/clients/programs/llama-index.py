# client: LlamaIndex through OpenInference
# version: openinference-instrumentation-llama-index
# packages: llama-index-core llama-index-llms-openai openinference-instrumentation-llama-index opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import asyncio

from _otel import QUESTIONS, get_weather, start

provider = start()
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai import OpenAI
from openinference.instrumentation import using_attributes
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

LlamaIndexInstrumentor().instrument(tracer_provider=provider)
llm = OpenAI(model="gpt-4o-mini", max_retries=0)


async def main():
    agent = FunctionAgent(tools=[get_weather], llm=llm, system_prompt="Be short.", streaming=False)
    for question in QUESTIONS:
        try:
            print(await agent.run(user_msg=question))
        except Exception as error:
            print("ERR", str(error)[:100])


with using_attributes(session_id="sess-llama-index", user_id="user-7", tags=["alpha", "beta"]):
    print(llm.chat([ChatMessage(role="user", content=QUESTIONS[0])]))
    asyncio.run(main())
provider.shutdown()
