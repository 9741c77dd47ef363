import type { Resource } from '@opentelemetry/resources';
import type { Clock } from '../clock.js';

const DETECTION_TIMEOUT_MS = 2_000;

/** Resource detectors may still be asking around; what they have not found by then is left out. */
export async function settledResources(spans: readonly { readonly resource: Resource }[], clock: Clock): Promise<void> {
  const waits = new Set<Promise<void>>();
  for (const { resource } of spans) {
    if (resource.asyncAttributesPending === true && resource.waitForAsyncAttributes)
      waits.add(resource.waitForAsyncAttributes());
  }
  if (waits.size === 0) return;
  await new Promise<void>((resolve) => {
    const cancel = clock.after(DETECTION_TIMEOUT_MS, resolve);
    void Promise.allSettled(waits).then(() => {
      cancel();
      resolve();
    });
  });
}
