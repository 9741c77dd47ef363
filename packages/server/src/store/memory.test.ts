import { describeAnnotations } from './annotations.suite.js';
import { describeStore } from './contract.suite.js';
import { describeFilters } from './filters.suite.js';
import { describeLogEvents } from './log-events.suite.js';
import { describeMedia } from './media.suite.js';
import { memoryStore } from './memory.js';
import { describePieces } from './pieces.suite.js';
import { describeRetention } from './retention.suite.js';
import { describeRevisions } from './revisions.suite.js';
import { describeSpend } from './spend.suite.js';

describeStore('the store in memory', async () => memoryStore());
describeSpend('the store in memory', async () => memoryStore());
describeAnnotations('the store in memory', async () => memoryStore());
describeFilters('the store in memory', async () => memoryStore());

describeLogEvents('the store in memory', async () => memoryStore());
describeMedia('the store in memory', async () => memoryStore());
describeRevisions('the store in memory', async () => memoryStore());
describePieces('the store in memory', async () => memoryStore());
describeRetention('the store in memory', async () => memoryStore());
