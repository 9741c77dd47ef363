import { integer } from '../../routes/query.js';
import { MAX_COUNT } from '../../store/session-filter.js';

/** The fields of a query that asks for a page by its number. */
export const PAGING = {
  page: integer('The first page is 1.', { min: 1, otherwise: 1 }),
  limit: integer('Items on a page.', { min: 1, max: 100, otherwise: 50 }),
};

/** What no index answers is counted up to this many, or a page beyond what is shown. */
export const COUNTED = MAX_COUNT;

/** Where the page starts, and the `meta` of its answer. */
export function pageOf({ page, limit }: { readonly page: number; readonly limit: number }) {
  return {
    limit,
    offset: (page - 1) * limit,
    meta: (totalItems: number) => ({ page, limit, totalItems, totalPages: Math.ceil(totalItems / limit) }),
  };
}
