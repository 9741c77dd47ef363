import type { Query } from '../query.js';

/** A page as clients that count pages ask for it, and the `meta` that its answer carries. */
export function readPaging(query: Query) {
  const page = query.integer('page', { min: 1, max: Number.MAX_SAFE_INTEGER, otherwise: 1 });
  const limit = query.integer('limit', { min: 1, max: 100, otherwise: 50 });
  return {
    limit,
    offset: (page - 1) * limit,
    meta: (totalItems: number) => ({ page, limit, totalItems, totalPages: Math.ceil(totalItems / limit) }),
  };
}
