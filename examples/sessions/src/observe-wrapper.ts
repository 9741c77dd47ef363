import '@powerrag/exporter/register';
import { observe, updateActiveTrace } from "@powerrag/tracing";

// Original function
async function fetchData(source: string) {
  // Set sessionId for trace
  updateActiveTrace({
    sessionId: "session-123",
  });

  // ... data fetching logic ...
  return { data: `some data from ${source}` };
}

// Use observe for tracing
const tracedFetchData = observe(fetchData, {
  name: "observe-wrapper",
});

const result = await tracedFetchData("API");
