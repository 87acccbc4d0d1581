// The forms of values; what each expects ends the message of a malformed one.
import { z } from 'zod';

export const text = z.string();
export const port = wholeNumber(1, 65_535);
export const count = wholeNumber(1, 1_000_000);
export const postgresUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'expected postgresql://user:password@host:port/database' })
  .refine(isEncoded, 'expected special characters as %.., a percent sign as %25')
  .refine(
    (url) => !/[?&]options=/.test(url),
    'expected no options in it, which would replace those that a run gives its sessions',
  );
export const platformUrl = z.url({ protocol: /^https?$/, error: 'expected http://host:port' });
export const clickhouseUrl = z
  .url({ protocol: /^https?$/, error: 'expected http://user:password@host:port' })
  .refine(isEncoded, 'expected special characters as %.., a percent sign as %25');

/** `name = value; name = value`, but for what a run sets itself. */
export const settings = z
  .string()
  .regex(/^(\s*[a-z_][\w.]*\s*=[^;=]*(;|$))+\s*$/i, 'expected name = value; name = value')
  .transform(
    (all) =>
      Object.fromEntries(
        all
          .split(';')
          .filter((part) => part.trim() !== '')
          .map((part) => part.split('=').map((side) => side.trim()) as [string, string]),
      ) as Readonly<Record<string, string>>,
  )
  .refine(
    (all) =>
      !Object.keys(all).some((name) =>
        /^(port|listen_addresses|unix_socket_directories|data_directory|hba_file)$/i.test(name),
      ),
    'expected none of port, listen_addresses, unix_socket_directories, data_directory and hba_file, ' +
      'which a run sets itself',
  );

/** `name=https://…`, several divided by spaces, commas or semicolons; one without a name is the first service's. */
export const appUrls = z
  .string()
  .regex(/^\s*(([\w-]+=)?https?:[/]{2}[^\s;,]+[\s;,]*)+$/, 'expected name=https://host, several divided by spaces')
  .transform((all) =>
    Object.fromEntries(
      all
        .split(/[\s;,]+/)
        .filter((part) => part !== '')
        .map((part): [string, string] => {
          const [, name = '', url = ''] = /^(?:([\w-]+)=)?(.*)$/.exec(part)!;
          return [name, url];
        }),
    ),
  );

export const registryUrl = z
  .url({ protocol: /^https?$/, error: 'expected https://host' })
  .refine((url) => /^[^:]+:[/]{2}[^/?#@]+[/]?$/.test(url), 'expected https://host alone');

/** Accepts decimal digits only, because other forms of a JavaScript number are typing errors here. */
function wholeNumber(from: number, to: number) {
  const expected = `expected a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= from && value <= to, expected);
}

/** `new URL` accepts encodings that cannot be decoded later. */
function isEncoded(url: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(url);
}

/** One of these words. */
export function oneOf<const Values extends readonly string[]>(...values: Values) {
  return z.enum(values, `expected ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`);
}
