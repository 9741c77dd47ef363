/** One picture of an animation. */
export interface Frame {
  /** A WebP file that holds one picture. */
  readonly webp: Uint8Array;
  /** How long it stands, in milliseconds. */
  readonly durationMs: number;
}

/**
 * Joins pictures of one size into an animated WebP that runs for ever. Layout: WebP Container Specification (RFC 9649, section 2.7);
 * all numbers are little endian.
 */
export function animatedWebp(frames: readonly Frame[], { width, height }: { width: number; height: number }): Buffer {
  const header = Buffer.alloc(10);
  header[0] = 0b0000_0010; // The file is an animation.
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  // Background: white. Loops: 0, for ever.
  const animation = Buffer.from([255, 255, 255, 255, 0, 0]);
  const pictures = frames.map(({ webp, durationMs }) => {
    const place = Buffer.alloc(16);
    place.writeUIntLE(width - 1, 6, 3);
    place.writeUIntLE(height - 1, 9, 3);
    place.writeUIntLE(Math.round(durationMs), 12, 3);
    place[15] = 0b10; // Every picture replaces the one before.
    return chunk('ANMF', Buffer.concat([place, pictureIn(webp)]));
  });
  return chunk(
    'RIFF',
    Buffer.concat([Buffer.from('WEBP'), chunk('VP8X', header), chunk('ANIM', animation), ...pictures]),
  );
}

/** The chunk with the picture itself, without what else a file has. */
function pictureIn(webp: Uint8Array): Buffer {
  const file = Buffer.from(webp);
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WEBP') {
    throw new Error('A frame is not a WebP file.');
  }
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (name === 'VP8 ' || name === 'VP8L') return file.subarray(at, end);
    at = end;
  }
  throw new Error('A frame holds no picture.');
}

function chunk(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
