import { BroadcastChannel, workerData } from 'node:worker_threads';
import '../worker.js';

/** The program of the workers, which crash when their kind, `ingest` or `read`, is posted to this channel. */
const channel = new BroadcastChannel('crash');
channel.onmessage = (event: unknown) => {
  const { kind } = workerData as { kind: string };
  if ((event as { data: unknown }).data === kind) throw new Error(`${kind} crashes`);
};
channel.unref();
