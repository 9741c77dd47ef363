import { SESSION_EXPORT_FORMAT, SESSION_EXPORT_VERSION, type SessionExport } from '@powerrag/protocol';

/** The session in a file, or why there is none, for people. */
export function readExport(text: string): SessionExport | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'The session in this file is damaged: save it again.';
  }
  if (!isExport(value)) return 'This file holds no session that this player can read: save it again.';
  return value;
}

function isExport(value: unknown): value is SessionExport {
  if (typeof value !== 'object' || value === null || !('format' in value && 'version' in value)) return false;
  return value.format === SESSION_EXPORT_FORMAT && value.version === SESSION_EXPORT_VERSION;
}
