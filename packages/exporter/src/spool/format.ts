import { crc32 } from 'node:zlib';

/** An export request that could not be sent, as it is kept on disk. See docs/spool-format.md. */
export interface SpoolRecord {
  /** The body of an OTLP export request. */
  readonly body: Buffer;
  /** How many spans it has. */
  readonly spans: number;
}

const MAGIC = Buffer.from('PRSPOOL1', 'latin1');
/** Length, checksum and span count, four bytes each. */
const HEADER_BYTES = 12;

export function encodeFile(records: readonly SpoolRecord[]): Buffer {
  return Buffer.concat([MAGIC, ...records.flatMap(({ body, spans }) => [header(body, spans), body])]);
}

function header(body: Buffer, spans: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(body.length, 0);
  bytes.writeUInt32LE(spans, 4);
  bytes.writeUInt32LE(checksum(bytes.subarray(0, 8), body), 8);
  return bytes;
}

function checksum(lengthAndSpans: Buffer, body: Buffer): number {
  return crc32(body, crc32(lengthAndSpans));
}

/** The whole records of a file, up to the first that is torn or damaged. */
export function decodeFile(file: Buffer): { readonly records: SpoolRecord[]; readonly isDamaged: boolean } {
  const records: SpoolRecord[] = [];
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return { records, isDamaged: true };
  let at = MAGIC.length;
  while (at < file.length) {
    if (at + HEADER_BYTES > file.length) return { records, isDamaged: true };
    const length = file.readUInt32LE(at);
    const spans = file.readUInt32LE(at + 4);
    const body = file.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (body.length !== length || checksum(file.subarray(at, at + 8), body) !== file.readUInt32LE(at + 8)) {
      return { records, isDamaged: true };
    }
    records.push({ body, spans });
    at += HEADER_BYTES + length;
  }
  return { records, isDamaged: false };
}
