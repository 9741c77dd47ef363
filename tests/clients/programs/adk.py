# client: Agent Development Kit, content off
# version: google-adk
# note: sends neither words nor user by default
# packages: google-adk opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _adk import run

run("sess-adk")
