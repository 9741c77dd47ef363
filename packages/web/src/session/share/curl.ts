import { SESSION_EXPORT } from '@powerrag/protocol';

/** The command that exports a session, for a POSIX shell. */
export function curlCommand(origin: string, sessionId: string): string {
  return `curl --fail --output session.json ${quoted(`${origin}${SESSION_EXPORT.of(sessionId)}`)}`;
}

/** One word of a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
