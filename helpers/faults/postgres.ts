import { fault } from './fault.ts';
export const cloneIsHandedOutTwice = fault('postgres', 'cloneChoice', 'every test gets a database of its own', () => ({ take: (ready) => ready[0] }));
