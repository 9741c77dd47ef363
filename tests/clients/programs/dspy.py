# client: DSPy through OpenInference
# version: openinference-instrumentation-dspy
# note: sends no tokens
# packages: dspy openinference-instrumentation-dspy opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

from _otel import QUESTIONS, start

provider = start()
import dspy
from openinference.instrumentation import using_attributes
from openinference.instrumentation.dspy import DSPyInstrumentor

DSPyInstrumentor().instrument(tracer_provider=provider)
dspy.configure(lm=dspy.LM("openai/gpt-4o-mini", api_base=os.environ["OPENAI_BASE_URL"], api_key="x", cache=False))
with using_attributes(session_id="sess-dspy", user_id="user-7", tags=["alpha", "beta"]):
    answer = dspy.ChainOfThought("question -> answer")
    for question in (QUESTIONS[0], QUESTIONS[2]):
        try:
            print(answer(question=question).answer)
        except Exception as error:
            print("ERR", str(error)[:100])
provider.shutdown()
