/** The one project of a server without accounts. */
export const DEFAULT_PROJECT_ID = 'default';
