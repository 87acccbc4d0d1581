export { type Budget, parseBudget } from './budget.ts';
export type { Cost } from './charge.ts';
export { billedSeconds, type BillingRule, taskPrice, type TaskUse } from './fargate.ts';
export { listPrices, type Price, type PricedItem, type PriceTable } from './price-table.ts';
export { overridePrices, readPrices } from './prices.ts';
export { costOf, type CostOptions, type RunCost, type TestCost } from './run-cost.ts';
