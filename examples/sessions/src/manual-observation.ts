import '@powerrag/exporter/register';
import { startObservation } from "@powerrag/tracing";

const span = startObservation("manual-observation", {
  input: { query: "What is the capital of France?" },
});

// Set sessionId for trace
span.updateTrace({
  sessionId: "session-123",
});

span.update({ output: "Paris" }).end();
