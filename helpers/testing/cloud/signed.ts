import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalCloud } from '../../cloud/index.ts';
import { Sha256 } from '../../cloud/wire/signature.ts';

/** What is signed, and with what; by default what the SDK's client would. */
export interface SignedRequest {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: LocalCloud['credentials'];
  readonly region?: string;
  readonly service?: string;
  readonly date?: Date;
}

/** The header `X-Amz-Target` of an operation. */
export function targetOf(operation: string): string {
  return `AmazonEC2ContainerServiceV20141113.${operation}`;
}

/** Signs a request to a control plane and sends it, after `change` has had its way with it. */
export async function signed(
  cloud: Pick<LocalCloud, 'endpoint' | 'region' | 'credentials'>,
  request: SignedRequest,
  change: (
    headers: Record<string, string>,
    body: string,
  ) => { readonly headers: Record<string, string>; readonly body: string } = (headers, body) => ({ headers, body }),
): Promise<Response> {
  const {
    body = '{}',
    headers = {},
    credentials = cloud.credentials,
    region = cloud.region,
    service = 'ecs',
    date = new Date(),
  } = request;
  const { host, hostname } = new URL(cloud.endpoint);
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const made = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname,
      path: '/',
      query: {},
      body,
      headers: { host, 'x-amz-target': targetOf('ListClusters'), ...headers },
    },
    { signingDate: date },
  );
  const changed = change({ ...made.headers }, body);
  return fetch(cloud.endpoint, { method: 'POST', ...changed });
}

/** The status of an answer, and what it says. */
export async function answerOf(response: Response): Promise<unknown> {
  return [response.status, await response.json()];
}
