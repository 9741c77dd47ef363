// client: OpenTelemetry for Go, by hand
// version: go.opentelemetry.io/otel
// packages: go.opentelemetry.io/otel go.opentelemetry.io/otel/sdk go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp

// A turn of a conversation in spans written by hand: a call of a model that answers, and one that fails.
package main

import (
	"context"
	"errors"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func main() {
	ctx := context.Background()
	endpoint := otlptracehttp.WithEndpointURL(os.Getenv("OTLP_URL") + "/v1/traces")
	exporter, err := otlptracehttp.New(ctx, endpoint)
	exitOn(err)
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "go-app"),
			attribute.String("deployment.environment.name", "staging"),
		)),
	)
	answerTurn(ctx, provider.Tracer("tiny"))
	exitOn(provider.Shutdown(ctx))
}

func answerTurn(ctx context.Context, tracer trace.Tracer) {
	ctx, turn := tracer.Start(ctx, "turn", trace.WithAttributes(
		attribute.String("session.id", "sess-go"),
		attribute.String("user.id", "user-7"),
		attribute.StringSlice("langfuse.trace.tags", []string{"alpha", "beta"}),
	))
	defer turn.End()

	_, call := startCall(ctx, tracer)
	call.SetAttributes(
		attribute.Int("gen_ai.usage.input_tokens", 100),
		attribute.Int("gen_ai.usage.output_tokens", 20),
		attribute.String("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"What is the capital of France?"}]}]`),
		attribute.String("gen_ai.output.messages", `[{"role":"assistant","parts":[{"type":"text","content":"Paris"}],"finish_reason":"stop"}]`),
	)
	call.End()

	_, failed := startCall(ctx, tracer)
	reason := errors.New("deadline exceeded")
	failed.RecordError(reason)
	failed.SetStatus(codes.Error, reason.Error())
	failed.End()
}

func startCall(ctx context.Context, tracer trace.Tracer) (context.Context, trace.Span) {
	return tracer.Start(ctx, "chat gpt-4o-mini", trace.WithAttributes(
		attribute.String("gen_ai.operation.name", "chat"),
		attribute.String("gen_ai.provider.name", "openai"),
		attribute.String("gen_ai.request.model", "gpt-4o-mini"),
		attribute.Float64("gen_ai.request.temperature", 0.2),
	))
}

func exitOn(err error) {
	if err != nil {
		panic(err)
	}
}
