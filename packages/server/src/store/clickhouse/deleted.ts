/**
 * The version of every row of a deleted trace: greater than that of any row that was computed from what is stored of it, so that
 * the deletion stands whichever came first. Ranks take 190 bits: a trace of 2^29 observations stays below it, and a session of
 * 2^35 deleted traces can add them up in a `UInt256`.
 */
export const DELETED = 1n << 220n;
