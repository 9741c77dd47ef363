import '@powerrag/exporter/register';
import {
  startActiveObservation,
  startObservation,
  updateActiveTrace,
} from "@powerrag/tracing";

await startActiveObservation("context-manager", async (span) => {
  span.update({
    input: { query: "What is the capital of France?" },
  });

  // Set sessionId for trace
  updateActiveTrace({
    sessionId: "session-123",
  });
});
