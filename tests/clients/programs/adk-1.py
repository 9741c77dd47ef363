# client: Agent Development Kit
# version: google-adk
# note: sends no user and no tags, and no session for a request whose model fails
# packages: google-adk==1.14.* opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
from _adk import run

run("sess-adk1")
