# client: Google GenAI through OpenInference
# version: openinference-instrumentation-google-genai
# packages: google-genai openinference-instrumentation-google-genai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

from _otel import QUESTIONS, get_weather, start

provider = start()
from google import genai
from google.genai import types
from openinference.instrumentation import using_attributes
from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor

GoogleGenAIInstrumentor().instrument(tracer_provider=provider)
client = genai.Client(api_key="x", http_options=types.HttpOptions(base_url=os.environ["MODEL_URL"]))
with using_attributes(session_id="sess-google-genai", user_id="user-7", tags=["alpha", "beta"]):
    for question in QUESTIONS:
        try:
            config = types.GenerateContentConfig(tools=[get_weather], system_instruction="Be short.")
            print(client.models.generate_content(model="gemini-2.0-flash", contents=question, config=config).text)
        except Exception as error:
            print("ERR", str(error)[:100])
provider.shutdown()
