/** The entry `@powerrag/exporter/register`: registers with the settings in the environment. */
import { register } from './register.js';

register();
