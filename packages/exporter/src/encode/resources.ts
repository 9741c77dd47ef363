import type { Resource } from '@opentelemetry/resources';
import type { Clock } from '../base/clock.js';

const DETECTION_TIMEOUT_MS = 2_000;

/** Resource detectors may still be asking around; what they have not found by then is left out. Never rejects. */
export async function settledResource(resource: Resource, clock: Clock): Promise<void> {
  const wait = async (): Promise<void> => resource.waitForAsyncAttributes?.();
  await new Promise<void>((resolve) => {
    const cancel = clock.after(DETECTION_TIMEOUT_MS, resolve);
    void Promise.allSettled([wait()]).then(() => {
      cancel();
      resolve();
    });
  });
}
