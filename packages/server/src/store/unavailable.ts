/**
 * The store takes nothing at the moment, and has told the log why. The message is for the sender: it holds no path. Nothing of
 * the batch is stored, or what is will be merged when it is sent again.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
