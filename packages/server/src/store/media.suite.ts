import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from './contract.js';
import { mediaIdOf } from './media.js';

const PROJECT = 'p';

/** Holds a store against the contract of media. `open` gives an empty one. */
export function describeMedia(name: string, open: () => Promise<Store>): void {
  describe(`${name}, given media`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('says when it was first stored', async () => {
      const bytes = new Uint8Array([1, 2, 3]);
      const id = mediaIdOf(bytes);
      const before = Date.now();
      await store.writeMedia(PROJECT, [{ id, contentType: 'image/png', bytes }]);
      const first = (await store.readMedia(PROJECT, id))?.storedMs ?? 0;
      expect([first >= before, first <= Date.now()]).toEqual([true, true]);
      await store.writeMedia(PROJECT, [{ id, contentType: 'image/png', bytes }]);
      expect((await store.readMedia(PROJECT, id))?.storedMs).toBe(first);
    });

    it('gives the bytes back, once stored, in their project only', async () => {
      const bytes = new Uint8Array([0, 255, 13, 10]);
      const id = mediaIdOf(bytes);
      await store.writeMedia(PROJECT, [{ id, contentType: 'image/png', bytes }]);
      await store.writeMedia(PROJECT, [{ id, contentType: 'text/html', bytes }]);
      const read = await store.readMedia(PROJECT, id);
      expect([read?.contentType, [...(read?.bytes ?? [])]]).toEqual(['image/png', [0, 255, 13, 10]]);
      expect(await store.readMedia('other', id)).toBeNull();
      expect(await store.readMedia(PROJECT, 'none')).toBeNull();
    });
  });
}
