import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { connect } from 'node:tls';
import { expect, test } from '../../fixtures/index.ts';
import { base64Of, createIdentity } from '../../helpers/terraform/certificates.ts';
import { intrude, intrusions } from '../../helpers/terraform/index.ts';

for (const how of intrusions)
  test(`a stranger ${how} is refused at a provider's socket`, async ({ deployment }) => {
    const { socket, protocol, pid } = deployment.last.instance;
    expect(await intrude(socket!, protocol as 5 | 6, how)).toBe(false);
    expect((await deployment.schema()).pid, 'its manager is answered').toBe(pid);
    expect(existsSync(socket!)).toBe(true);
  });

test("a deployment is refused at another deployment's socket, although it trusts what answers there", async ({
  createDeployment,
  deployment,
}) => {
  const socket = deployment.last.instance.socket!;
  const impostor = await createDeployment({
    provider: 'script',
    environment: announce(socket, await certificateAt(socket)),
  });
  await expect(impostor.schema()).toBeRefused(502, 'PROVIDER_ERROR');
  expect((await deployment.schema()).pid, 'its own deployment is answered').toBe(deployment.pid);
  expect(existsSync(socket), "a failed launch leaves another's socket").toBe(true);
});

test('a provider that announces a socket with another certificate than that of the socket is not trusted', async ({
  createDeployment,
  deployment,
}) => {
  const socket = deployment.last.instance.socket!;
  const { certificate } = await createIdentity();
  const impostor = await createDeployment({
    provider: 'script',
    environment: announce(socket, base64Of(certificate)),
  });
  await expect(impostor.apply().result).rejects.toMatchObject({ code: 'UNTRUSTED' });
  await impostor.change({ environment: announce(socket, '') });
  await expect(impostor.apply().result, 'without a certificate').rejects.toMatchObject({ code: 'UNTRUSTED' });
});

test('two deployments have different sockets and certificates', async ({ createDeployment, deployment }) => {
  const other = await createDeployment();
  await other.schema();
  const sockets = [deployment.last.instance.socket!, (await other.get()).instance.socket!] as const;
  expect(sockets[0]).not.toBe(sockets[1]);
  expect(await certificateAt(sockets[0])).not.toBe(await certificateAt(sockets[1]));
});

test('sockets and working directories are in folders of their owner alone', async ({ deployment, providers }) => {
  const { socket, workingDirectory } = deployment.last.instance;
  expect(statSync(socket!).isSocket()).toBe(true);
  expect(path.dirname(path.dirname(socket!))).toBe(providers.socketsFolder);
  for (const folder of [path.dirname(socket!), workingDirectory])
    expect(statSync(folder).mode & 0o077, `what others may do with ${folder}`).toBe(0);
});

/** The environment of a provider whose handshake leads to a socket that is not its own. */
function announce(socket: string, certificate: string): Record<string, string> {
  return { SCRIPT: `echo '1|6|unix|${socket}|grpc|${certificate}'; exec sleep 60` };
}

/** The certificate that a provider presents, as in a handshake. */
async function certificateAt(socket: string): Promise<string> {
  const connection = connect({ path: socket, rejectUnauthorized: false });
  connection.on('error', () => undefined); // it is refused without a certificate, after it has seen the provider's
  await once(connection, 'secureConnect');
  const { raw } = connection.getPeerCertificate();
  connection.destroy();
  return raw.toString('base64').replace(/=+$/, '');
}
