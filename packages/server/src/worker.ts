import { workerData } from 'node:worker_threads';
import { type CopyWorkerData, startCopies } from './threads/copy-worker.js';
import { type IngestWorkerData, startIngest } from './threads/ingest-worker.js';
import { type ReadWorkerData, startReads } from './threads/read-worker.js';
import { MainThread } from './threads/serve-calls.js';

/**
 * The program of all worker threads. It is built as `worker.js` beside the server, where `startServer` finds it; tests that run
 * from source build it themselves (see `testing/worker-file.ts`).
 */
const data = workerData as IngestWorkerData | ReadWorkerData | CopyWorkerData;
const main = new MainThread();
void main.serve(() => {
  switch (data.kind) {
    case 'ingest':
      return startIngest(data, main);
    case 'read':
      return startReads(data, main);
    case 'copy':
      return startCopies();
  }
});
