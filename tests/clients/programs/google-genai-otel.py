# client: OpenTelemetry instrumentation of Google GenAI
# version: opentelemetry-instrumentation-google-genai
# packages: google-genai<3 opentelemetry-instrumentation-google-genai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ.update(OTEL_SEMCONV_STABILITY_OPT_IN="gen_ai_latest_experimental", OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="SPAN_ONLY")
from _otel import QUESTIONS, get_weather, start
from _turn import tell, turn

provider = start()
from google import genai
from google.genai import types
from opentelemetry.instrumentation.google_genai import GoogleGenAiSdkInstrumentor

GoogleGenAiSdkInstrumentor().instrument(tracer_provider=provider)
client = genai.Client(api_key="x", http_options=types.HttpOptions(base_url=os.environ["MODEL_URL"]))


def ask(question):
    with turn("sess-genai-otel", question):
        config = types.GenerateContentConfig(tools=[get_weather], system_instruction="Be short.")
        return client.models.generate_content(model="gemini-2.0-flash", contents=question, config=config).text


def stream(question):
    with turn("sess-genai-otel", question):
        parts = client.models.generate_content_stream(model="gemini-2.0-flash", contents=question)
        return "".join(part.text or "" for part in parts)


for question in QUESTIONS:
    tell(ask, question)
tell(stream, "Stream the capital of France")
provider.shutdown()
