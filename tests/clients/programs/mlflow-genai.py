# client: MLflow Tracing, GenAI conventions
# version: mlflow
# note: sent no session and no user by OTLP
# packages: mlflow openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
import os

os.environ["MLFLOW_ENABLE_OTEL_GENAI_SEMCONV"] = "true"
from _mlflow import run

run()
