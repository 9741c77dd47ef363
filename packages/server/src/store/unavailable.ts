/**
 * The store cannot write at the moment; its log says why. The message is for the client and contains no path. Nothing of the
 * batch is stored, or it will be merged when it is sent again.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
