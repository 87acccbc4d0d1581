import { createMessage, type PublicKey, readKeys, readSignature, verify } from 'openpgp';
import { messageOf } from '../../lib/environment.ts';

/**
 * Why a detached signature is not one of these keys'; undefined when it is. A key that has expired since it signed is
 * valid, as it is for Terraform.
 */
export async function whyUnverified(
  signed: Uint8Array,
  signature: Uint8Array,
  armoredKeys: readonly string[],
): Promise<string | undefined> {
  let keys: PublicKey[];
  let read: Awaited<ReturnType<typeof readSignature>>;
  try {
    keys = (await Promise.all(armoredKeys.map((armored) => readKeys({ armoredKeys: armored })))).flat();
  } catch (error) {
    return `a signing key cannot be read (${messageOf(error)})`;
  }
  try {
    read = await readSignature({ binarySignature: signature });
  } catch (error) {
    return `the signature cannot be read (${messageOf(error)})`;
  }
  const message = await createMessage({ binary: signed });
  const { signatures } = await verify({ message, signature: read, verificationKeys: keys });
  const reasons: string[] = [];
  for (const { keyID, verified } of signatures) {
    if (keys.every((key) => key.getKeys(keyID).length === 0))
      reasons.push(`it is signed with the key ${keyID.toHex()}, which is none of the registry's`);
    else
      try {
        await verified;
        return undefined;
      } catch (error) {
        reasons.push(`the signature is wrong (${messageOf(error)})`);
      }
  }
  return reasons.join(' and ') || 'it has no signature';
}
