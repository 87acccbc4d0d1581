/** The amount (seconds, requests, bytes times seconds) in one unit of a price. */
const units = {
  minute: 60,
  'vCPU-hour': 3600,
  'GB-hour': 3600,
  'thousand mails': 1e3,
  'million requests': 1e6,
  'GB-month': 2 ** 30 * 730 * 3600, // a twelfth of a year, as in the provider's calculator
} as const;

export interface Price {
  readonly usd: number;
  readonly per: keyof typeof units;
  /** When it was read, or from when it is valid, as far as known. */
  readonly date: string;
  readonly source: string;
}

/** Services that are billed by request, by their names in `cloud.requests`. */
export const requestServices = ['dynamodb.read', 'dynamodb.write', 'sqs', 'sqs.fifo', 'ses'] as const;
/** Services that are billed by storage, by their names in `cloud.storage`. */
export const storageServices = ['efs'] as const;
export const pricedItems = [
  'machine',
  'fargate.vcpu',
  'fargate.memory',
  'fargate.arm.vcpu',
  'fargate.arm.memory',
  'fargate.storage',
  ...requestServices,
  ...storageServices,
] as const;
export type PricedItem = (typeof pricedItems)[number];

/** The prices of everything that a run may be billed for. */
export interface PriceTable {
  /** When the items were last reviewed together. */
  readonly date: string;
  readonly source: string;
  readonly items: Readonly<Record<PricedItem, Price>>;
}

const fargate = 'aws.amazon.com/fargate/pricing';

/** Without discounts and free allowances, in US East (N. Virginia). Load balancers and traffic are left out. */
export const listPrices: PriceTable = {
  date: '2026-09',
  source: 'list prices of AWS (us-east-1) and GitHub',
  items: {
    // A runner with two cores. GitHub rounds a job up to the minute, but a job includes more than the run, so nothing
    // is rounded here.
    machine: {
      usd: 0.006,
      per: 'minute',
      date: '2026-01-01',
      source: 'docs.github.com/en/billing/reference/actions-runner-pricing',
    },
    'fargate.vcpu': { usd: 0.04048, per: 'vCPU-hour', date: '2026-09', source: fargate },
    'fargate.memory': { usd: 0.004445, per: 'GB-hour', date: '2026-09', source: fargate },
    'fargate.arm.vcpu': { usd: 0.03238, per: 'vCPU-hour', date: '2026-09', source: fargate },
    'fargate.arm.memory': { usd: 0.00356, per: 'GB-hour', date: '2026-09', source: fargate },
    'fargate.storage': { usd: 0.000111, per: 'GB-hour', date: 'undated', source: 'vantage.sh/blog/fargate-pricing' },
    'dynamodb.read': {
      usd: 0.125,
      per: 'million requests',
      date: '2024-11',
      source: 'aws.amazon.com/dynamodb/pricing/on-demand',
    },
    'dynamodb.write': {
      usd: 0.625,
      per: 'million requests',
      date: '2024-11',
      source: 'aws.amazon.com/dynamodb/pricing/on-demand',
    },
    sqs: { usd: 0.4, per: 'million requests', date: '2026', source: 'aws.amazon.com/sqs/pricing' },
    'sqs.fifo': { usd: 0.5, per: 'million requests', date: '2026', source: 'aws.amazon.com/sqs/pricing' },
    ses: { usd: 0.1, per: 'thousand mails', date: '2026-07', source: 'aws.amazon.com/ses/pricing' },
    efs: { usd: 0.3, per: 'GB-month', date: '2026-06', source: 'aws.amazon.com/efs/pricing' },
  },
};

/** The price in US dollars of an amount of an item: seconds (of a vCPU, of a GB), requests, bytes times seconds. */
export function priceOf({ items }: PriceTable, item: PricedItem, amount: number): number {
  const { usd, per } = items[item];
  return (usd * amount) / units[per];
}
