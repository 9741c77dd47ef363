"""Sends spans of a program to the collector, each as it ends."""

import json
import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

QUESTIONS = ["What is the capital of France?", "What is the weather in Paris?", "Please FAIL now"]


def start():
    provider = TracerProvider(resource=Resource.create({"service.name": "demo"}))
    exporter = OTLPSpanExporter(endpoint=os.environ["OTLP_URL"] + "/v1/traces")
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


def get_weather(city: str) -> str:
    """The weather of a city."""
    return json.dumps({"temp": 21})
