import { strToU8, zipSync } from 'fflate';
import { generateKey, reformatKey } from 'openpgp';
import { expect, test } from '../../testing/index.ts';
import { mends, type Refusal, testRefusals } from '../../testing/provider-refusals.ts';
import { binary, newKey, type Offer, offer, paths, signatureOf, withInfo } from '../../testing/provider-registry.ts';
import { whyUnverified } from './signature.ts';

const { another, operators } = mends;
const zipOf = (...names: string[]): Promise<Offer> =>
  offer(zipSync(Object.fromEntries(names.map((name) => [name, strToU8('text')]))));
const sums = (offered: Offer): Uint8Array => offered.sums as Uint8Array;
const ofAnother = strToU8(`${'a'.repeat(64)}  dice.zip\n`);

testRefusals([
  {
    title: 'a zip that was changed',
    answers: { [paths.zip]: strToU8('changed') },
    sentence: /is not what was signed \(its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}\): try again, or set/,
  },
  {
    title: 'a checksum that differs from the signed one',
    offered: async () => withInfo(await offer(), { shasum: 'a'.repeat(64) }),
    sentence: /has two checksums, a{64} and the signed [0-9a-f]{64}: choose/,
  },
  {
    title: 'a zip without a checksum',
    offered: async () => withInfo(await offer(), { filename: 'mine.zip' }),
    sentence: `has no signed checksum of mine.zip: ${another}`,
  },
  {
    title: 'a list of checksums that was changed after it was signed',
    answers: { [paths.sums]: ofAnother },
    sentence: /cannot be trusted, because the signature is wrong \(.*\): choose another version/,
  },
  {
    title: 'a signature by an unknown key',
    offered: async () => {
      const offered = await offer();
      return { ...offered, signature: await signatureOf(sums(offered), await newKey()) };
    },
    sentence:
      /cannot be trusted, because it is signed with the key [0-9a-f]{16}, which is none of the registry's: choose/,
  },
  {
    title: 'a malformed signature',
    answers: { [paths.signature]: strToU8('signed, acme') },
    sentence: /cannot be trusted, because the signature cannot be read \(.*\): choose another version/,
  },
  {
    title: 'an empty signature',
    answers: { [paths.signature]: new Uint8Array() },
    sentence: /cannot be trusted, because the signature cannot be read \(.*\): choose another version/,
  },
  {
    title: 'a signature without one',
    answers: { [paths.signature]: Uint8Array.from([0xca, 3, 0x50, 0x47, 0x50]) }, // a marker packet (RFC 9580)
    sentence: `cannot be trusted, because it has no signature: ${another}`,
  },
  {
    title: 'a malformed signing key',
    offered: async () => withInfo(await offer(), { signing_keys: { gpg_public_keys: [{ ascii_armor: 'acme' }] } }),
    sentence: /cannot be trusted, because a signing key cannot be read \(.*\): choose another version/,
  },
  ...[{ signing_keys: { gpg_public_keys: [] } }, { signing_keys: null }, { shasums_signature_url: '' }].map(
    (change): Refusal => ({
      title: `a version that is unsigned, by ${JSON.stringify(change)}`,
      offered: async () => withInfo(await offer(), change),
      sentence: `is not signed: ${another}`,
    }),
  ),
  {
    title: 'a signature that is missing',
    answers: { [paths.signature]: 404 },
    sentence: `/files/SHA256SUMS.sig answers 404): ${operators}`,
  },
  {
    title: 'an unreadable zip',
    offered: () => offer(strToU8('no zip')),
    sentence: `is no readable zip (invalid zip data): ${another}`,
  },
  {
    title: 'a zip without a binary',
    offered: () => zipOf('README.md', 'terraform-provider-other', `folder/${binary}`),
    sentence: `has no file terraform-provider-dice: ${another}`,
  },
  ...['../outside', 'folder/../../outside', '/outside', String.raw`..\outside`].map((name): Refusal => ({
    title: `a zip with the file ${name}`,
    offered: () => zipOf(binary, name),
    sentence: `has a file outside of its folder (${name}): ${another}`,
  })),
  {
    title: 'a zip with a file where a folder has to be',
    offered: () => zipOf(binary, `${binary}/file`),
    sentence:
      /cannot be unpacked into \S+ \(.*\): make room there, point PROVING_GROUND_CACHE at another folder, or set/,
  },
]);

test('a signature by a key that expired later is good, and one by a key that had expired is not', async () => {
  const [made, later] = [new Date('2020-01-01'), new Date('2020-01-10')];
  const userIDs = [{ name: 'acme' }];
  const { privateKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs,
    date: made,
    format: 'object',
  });
  const forOneDay = { date: made, keyExpirationTime: 86_400 }; // seconds
  const { publicKey } = await reformatKey({ privateKey, userIDs, ...forOneDay, format: 'armored' });
  const verify = async (date: Date): Promise<string | undefined> =>
    whyUnverified(ofAnother, await signatureOf(ofAnother, privateKey, date), [publicKey]);
  expect(await verify(made)).toBeUndefined();
  expect(await verify(later)).toMatch(/^the signature is wrong \(.*expired/);
});
