# client: MLflow Tracing
# version: mlflow
# note: sent no session and no user by OTLP
# packages: mlflow openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _mlflow import run

run()
