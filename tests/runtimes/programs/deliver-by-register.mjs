import '@powerrag/exporter/register';
import { converse } from './conversation.mjs';

// It just ends, and what is left is sent then.
await converse();
