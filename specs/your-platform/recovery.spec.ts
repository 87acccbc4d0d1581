import { recovery } from '../../fixtures/scenarios/index.ts';
import { isIndexed, task } from './task.ts';

recovery({ ...task, settled: isIndexed, within: 8_000 });
