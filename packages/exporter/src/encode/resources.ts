import type { Resource } from '@opentelemetry/resources';
import type { Clock } from '../clock.js';

const DETECTION_TIMEOUT_MS = 2_000;

/** Resource detectors may still be asking around; what they have not found by then is left out. */
export async function settledResource(resource: Resource, clock: Clock): Promise<void> {
  if (resource.asyncAttributesPending !== true || !resource.waitForAsyncAttributes) return;
  const settled = resource.waitForAsyncAttributes();
  await new Promise<void>((resolve) => {
    const cancel = clock.after(DETECTION_TIMEOUT_MS, resolve);
    void Promise.allSettled([settled]).then(() => {
      cancel();
      resolve();
    });
  });
}
