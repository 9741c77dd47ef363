import { memoryStore } from './memory.js';
import { describeWholeContract } from './whole-contract.suite.js';

describeWholeContract('the store in memory', async () => memoryStore());
