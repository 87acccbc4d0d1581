export { type Budget, parseBudget } from './budget.ts';
export { billedSeconds, type BillingRule } from './fargate.ts';
export { listPrices, type PriceTable } from './price-table.ts';
export { overridePrices, readPrices } from './prices.ts';
export { costOf, type RunCost } from './run-cost.ts';
export { divideCost, type DividedCost, lanesOf } from './starts.ts';
