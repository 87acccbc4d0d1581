import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '../../testing/index.ts';
import { answersSoon } from './index.ts';

test.describe('a server answers soon', () => {
  test('one quick answer of a few is enough', async () => {
    let asked = 0;
    const result = await answersSoon(() => (++asked < 3 ? delay(60) : Promise.resolve()), 50);
    expect(result.passed).toBe(true);
    expect(asked).toBe(3);
  });

  test('a server with only late answers fails', async () => {
    let asked = 0;
    const result = await answersSoon(() => delay(5 * ++asked), 2);
    expect(result).toMatchObject({ expected: 'within 2 ms', passed: false });
    expect(asked).toBe(5);
  });
});
