import '@powerrag/exporter/register';
import { converse } from './conversation.mjs';

// It just ends; what is left is sent then.
await converse();
