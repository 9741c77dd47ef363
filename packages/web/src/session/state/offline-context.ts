import { createContext } from 'react';

/** Whether the session is replayed from a file, without a server. */
export const OfflineContext = createContext(false);
