/** ClickHouse answers, but not to this user or with this database. The message says what to change. */
export class ClickhouseUnusable extends Error {
  override readonly name = 'ClickhouseUnusable';
}
