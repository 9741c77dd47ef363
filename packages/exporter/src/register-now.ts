/** `import '@powerrag/exporter/register'` or `node --import @powerrag/exporter/register app.js`: registers with the environment's settings. */
import { register } from './register.js';

register();
