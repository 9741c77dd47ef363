# client: OpenLLMetry, LangChain, OpenAI and Anthropic
# version: opentelemetry-instrumentation-openai
# packages: opentelemetry-instrumentation-openai opentelemetry-instrumentation-anthropic opentelemetry-instrumentation-langchain openai anthropic langchain langchain-openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

from _otel import QUESTIONS, get_weather, start

provider = start()
import anthropic
import openai
from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from opentelemetry import trace
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor
from opentelemetry.instrumentation.langchain import LangchainInstrumentor
from opentelemetry.instrumentation.openai import OpenAIInstrumentor

for instrumentor in (OpenAIInstrumentor, AnthropicInstrumentor, LangchainInstrumentor):
    instrumentor().instrument(tracer_provider=provider)
tracer = trace.get_tracer("demo")


def turn(ask, question):
    with tracer.start_as_current_span("turn") as span:
        span.set_attributes({"session.id": "sess-traceloop", "user.id": "user-7"})
        try:
            print(ask(question))
        except Exception as error:
            print("ERR", str(error)[:100])


chat = openai.OpenAI(max_retries=0)
claude = anthropic.Anthropic(max_retries=0)
agent = create_agent(ChatOpenAI(model="gpt-4o-mini", max_retries=0), [get_weather], system_prompt="Be short.")
for question in (QUESTIONS[0], QUESTIONS[2]):
    turn(lambda q: chat.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": q}]).choices[0].message.content, question)
    turn(lambda q: claude.messages.create(model="claude-sonnet-4-5", max_tokens=100, system="Be short.", messages=[{"role": "user", "content": q}]).content[0].text, question)
for question in QUESTIONS:
    turn(lambda q: agent.invoke({"messages": [{"role": "user", "content": q}]})["messages"][-1].content, question)
provider.shutdown()
