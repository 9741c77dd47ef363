/** Addresses that name one session: every link is built by `of`, and every address is read by `idIn`. */
export interface SessionAddresses {
  /**
   * The address of a session, beginning with `/`. Any string is an id and comes back from `idIn`; a lone surrogate, which UTF-8
   * cannot hold, comes back as U+FFFD.
   *
   * @param query further fields of the query; those that are undefined are left out.
   */
  of(id: string, query?: Readonly<Record<string, string | undefined>>): string;
  /**
   * The id that an address names, or null where it names none. It reads addresses that others write as well: ids with a raw `/`,
   * and with a `%` that begins no escape sequence.
   *
   * @param pathname as it is in the address: not decoded.
   * @param search the query, with or without its `?`.
   */
  idIn(pathname: string, search: string): string | null;
}

interface Template {
  /** What stands in a path before and after the id. */
  readonly before: string;
  readonly after: string;
  /** The path whose field `id` of the query holds the ids that a path cannot hold. */
  readonly byQuery: string;
}

const SESSION_PAGE_TEMPLATE: Template = { before: '/sessions/', after: '', byQuery: '/session' };

/** The view of a session on the page: `/sessions/{id}`, or `/session?id={id}`. */
export const SESSION_PAGE = /* @__PURE__ */ addresses(SESSION_PAGE_TEMPLATE);

/** `SESSION_PAGE.of`, for programs in which what reads addresses would be dead weight. */
export function sessionPagePath(id: string): string {
  return addressOf(SESSION_PAGE_TEMPLATE, id);
}

/** All that the page reads of a session: `/api/v1/sessions/{id}/replay`, or `/api/v1/session/replay?id={id}`. */
export const SESSION_REPLAY = /* @__PURE__ */ addresses({
  before: '/api/v1/sessions/',
  after: '/replay',
  byQuery: '/api/v1/session/replay',
});

/** A session with everything in it, as one file: `/api/v1/sessions/{id}/export`, or `/api/v1/session/export?id={id}`. */
export const SESSION_EXPORT = /* @__PURE__ */ addresses({
  before: '/api/v1/sessions/',
  after: '/export',
  byQuery: '/api/v1/session/export',
});

/** Where changes of a session are told: `/api/v1/sessions/{id}/changes`, or `/api/v1/session/changes?id={id}`. */
export const SESSION_CHANGES = /* @__PURE__ */ addresses({
  before: '/api/v1/sessions/',
  after: '/changes',
  byQuery: '/api/v1/session/changes',
});

/** The sessions beside one in a list: `/api/v1/sessions/{id}/neighbours`, or `/api/v1/session/neighbours?id={id}`. */
export const SESSION_NEIGHBOURS = /* @__PURE__ */ addresses({
  before: '/api/v1/sessions/',
  after: '/neighbours',
  byQuery: '/api/v1/session/neighbours',
});

/** A session in the API, to read its row or delete it: `/api/v1/sessions/{id}`, or `/api/v1/session?id={id}`. */
export const API_SESSION = /* @__PURE__ */ addresses({
  before: '/api/v1/sessions/',
  after: '',
  byQuery: '/api/v1/session',
});

/** All of a user in the API, to delete it: `/api/v1/users/{id}`, or `/api/v1/user?id={id}`. */
export const API_USER = /* @__PURE__ */ addresses({
  before: '/api/v1/users/',
  after: '',
  byQuery: '/api/v1/user',
});

/** A session in the Langfuse-compatible API: `/api/public/sessions/{id}`, or `/api/public/session?id={id}`. */
export const PUBLIC_SESSION = /* @__PURE__ */ addresses({
  before: '/api/public/sessions/',
  after: '',
  byQuery: '/api/public/session',
});

/** A text as a part of a path or a value of a query, percent-encoded as UTF-8. */
export function encodePart(text: string): string {
  // encodeURIComponent throws for these.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\u{fffd}'));
}

/**
 * What a path does not bring through: browsers and proxies resolve dot segments however they are encoded, drop empty segments,
 * and decode, merge or refuse encoded slashes, backslashes and control characters.
 */
const UNFIT_FOR_PATH = /^\.{0,2}$|[/\\\p{Cc}]/u;

function addressOf(
  { before, after, byQuery }: Template,
  id: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const inQuery = UNFIT_FOR_PATH.test(id);
  const fields = Object.entries({ ...(inQuery && { id }), ...query }).flatMap(([name, value]) =>
    value === undefined ? [] : `${encodePart(name)}=${encodePart(value)}`,
  );
  const path = inQuery ? byQuery : `${before}${encodePart(id)}${after}`;
  return fields.length === 0 ? path : `${path}?${fields.join('&')}`;
}

function addresses(template: Template): SessionAddresses {
  const { before, after, byQuery } = template;
  return {
    of: (id, query) => addressOf(template, id, query),
    idIn(pathname, search) {
      if (pathname === byQuery || pathname === `${byQuery}/`) return new URLSearchParams(search).get('id');
      if (!pathname.startsWith(before) || !pathname.endsWith(after)) return null;
      const encoded = pathname.slice(before.length, pathname.length - after.length);
      // What is built here has no raw slash, so one at the end was added on the way.
      const id = decode(encoded.replace(/\/$/, ''));
      return id === '' ? null : id;
    },
  };
}

/** Decodes percent-encoded UTF-8. What is no such escape sequence stands for itself. */
function decode(encoded: string): string {
  return encoded.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run.replace(/%[0-7][\da-f]/gi, (ascii) => decodeURIComponent(ascii));
    }
  });
}
