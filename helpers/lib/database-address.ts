/** A database's address, as a program takes it whole or in parts. */
export interface DatabaseAddress {
  /** With user and password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The parts of a database's URL, without the marks that a URL needs: encoded characters, brackets around IPv6. */
export function databaseAddress(url: string): DatabaseAddress {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    url,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  };
}
