import type { Resource } from '@opentelemetry/resources';
import type { Clock } from '../base/clock.js';

const DETECTION_TIMEOUT_MS = 2_000;

/** Waits up to 2 seconds for the resource's detectors. Later attributes are left out. Never rejects. */
export async function resourceReady(resource: Resource, clock: Clock): Promise<void> {
  const wait = async (): Promise<void> => resource.waitForAsyncAttributes?.();
  await new Promise<void>((resolve) => {
    const cancel = clock.after(DETECTION_TIMEOUT_MS, resolve);
    void Promise.allSettled([wait()]).then(() => {
      cancel();
      resolve();
    });
  });
}
