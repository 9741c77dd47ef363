/** The one project of a server that keeps no accounts: what is ingested lands here, and what is read is read from here. */
export const DEFAULT_PROJECT_ID = 'default';
