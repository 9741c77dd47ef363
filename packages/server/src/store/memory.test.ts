import { describeStore } from './contract.suite.js';
import { memoryStore } from './memory.js';

describeStore('the store in memory', async () => memoryStore());
