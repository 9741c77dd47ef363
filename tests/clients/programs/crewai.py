# client: CrewAI through OpenInference
# version: openinference-instrumentation-crewai
# packages: crewai openinference-instrumentation-crewai openinference-instrumentation-openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["CREWAI_DISABLE_TELEMETRY"] = "true"
os.environ["CREWAI_TRACING_ENABLED"] = "false"
from _otel import QUESTIONS, get_weather, start

provider = start()
from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool
from openinference.instrumentation import using_attributes
from openinference.instrumentation.crewai import CrewAIInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor

CrewAIInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)
weather = tool("get_weather")(get_weather)
for question in QUESTIONS:
    with using_attributes(session_id="sess-crewai", user_id="user-7", tags=["alpha", "beta"]):
        llm = LLM(model="openai/gpt-4o-mini", base_url=os.environ["OPENAI_BASE_URL"], api_key="x")
        agent = Agent(role="assistant", goal="Answer", backstory="Short answers.", llm=llm, tools=[weather], max_iter=3)
        task = Task(description=question, expected_output="One sentence.", agent=agent)
        try:
            print(Crew(agents=[agent], tasks=[task]).kickoff())
        except Exception as error:
            print("ERR", str(error)[:100])
provider.shutdown()
