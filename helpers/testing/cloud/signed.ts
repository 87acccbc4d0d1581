import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalCloud } from '../../cloud/index.ts';
import { Sha256 } from '../../cloud/wire/signature.ts';

/** A request and its signing parameters; by default those of the SDK's client. */
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

/** Signs a request to a control plane, applies `change` to it, and sends it. */
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

/** The status and body of an answer. */
export async function answerOf(response: Response): Promise<unknown> {
  return [response.status, await response.json()];
}
