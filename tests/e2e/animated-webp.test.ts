import { expect, it } from 'vitest';
import { animatedWebp } from './animated-webp.js';
import { launchChromium } from './chromium.js';

/** One pixel, lossless. */
const PIXEL = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');

it('pictures that are joined are an animation that a browser shows, with the size and the times that were asked for', async () => {
  const frames = [100, 250].map((durationMs) => ({ webp: PIXEL, durationMs }));
  const file = animatedWebp(frames, { width: 1, height: 1 });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    // Only a page that came over TLS may decode pictures.
    await page.route('https://pictures.test/', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto('https://pictures.test/');
    const shown = await page.evaluate(async (base64) => {
      const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const decoder = new ImageDecoder({ data, type: 'image/webp' });
      await decoder.tracks.ready;
      const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
      const images = await Promise.all(
        Array.from({ length: count }, (_, frameIndex) => decoder.decode({ frameIndex })),
      );
      return images.map(({ image }) => [image.displayWidth, image.displayHeight, (image.duration ?? 0) / 1_000]);
    }, file.toString('base64'));
    expect(shown).toEqual([
      [1, 1, 100],
      [1, 1, 250],
    ]);
  } finally {
    await browser.close();
  }
});

it('what is no WebP picture is refused', () => {
  const join = (webp: Uint8Array) => () => animatedWebp([{ webp, durationMs: 1 }], { width: 1, height: 1 });
  expect(join(Buffer.from('GIF89a'))).toThrow('A frame is not a WebP file.');
  expect(join(PIXEL.subarray(0, 12))).toThrow('A frame holds no picture.');
});
