# client: Instructor through OpenInference
# version: openinference-instrumentation-instructor
# packages: instructor openai openinference-instrumentation-instructor openinference-instrumentation-openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _otel import QUESTIONS, start

provider = start()
import instructor
import openai
from openinference.instrumentation import using_attributes
from openinference.instrumentation.instructor import InstructorInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from pydantic import BaseModel

for instrumentor in (InstructorInstrumentor, OpenAIInstrumentor):
    instrumentor().instrument(tracer_provider=provider)


class Place(BaseModel):
    city: str


client = instructor.from_openai(openai.OpenAI(max_retries=0))
with using_attributes(session_id="sess-inst", user_id="user-7", tags=["alpha", "beta"]):
    for question in (QUESTIONS[0], QUESTIONS[2]):
        try:
            messages = [{"role": "user", "content": question}]
            print(client.chat.completions.create(model="gpt-4o-mini", response_model=Place, max_retries=1, messages=messages))
        except Exception as error:
            print("ERR", str(error)[:100])
provider.shutdown()
