/** The command line or the environment is not valid. The message names the option or variable and the fix. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
