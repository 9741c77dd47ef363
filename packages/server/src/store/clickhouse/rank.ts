import type { Observation } from '../../observation/observation.js';
import { versionDigest, versionText } from '../order.js';

/**
 * The order of the versions of one observation as a number that fits into a `UInt256`: the version of the highest rank stands,
 * and equal ranks mean equal versions. From the highest bit: pieces, end, weight, digest of the text (see `VersionRank`).
 * It takes 190 bits, so that the ranks of 2^66 observations can be added up.
 */
export function rankOf(observation: Observation): bigint {
  const text = versionText(observation);
  const pieces = BigInt(observation.pieceCount ?? 0);
  const end = observation.endMs === null ? 0n : bitsOf(observation.endMs) + 1n;
  return (((((pieces << 65n) | end) << 32n) | BigInt(text.length)) << 64n) | versionDigest(text);
}

/** The bits of a number that is not negative: they order as the numbers do. */
function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
