/** A request is refused as a whole. The message is for the person who runs the sender. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: 400 | 413 | 415 | 503;

  constructor(status: 400 | 413 | 415 | 503, message: string) {
    super(message);
    this.status = status;
  }
}
