/** `import '@powerrag/exporter/register'` or `node --import @powerrag/exporter/register app.js`: set up from the environment. */
import { register } from './register.js';

register();
