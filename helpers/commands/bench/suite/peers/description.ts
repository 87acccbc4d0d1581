/** What a peer's run is told of the server that it runs on. */
export interface PeerServer {
  readonly host: string;
  readonly port: number;
  readonly admin: { readonly user: string; readonly password?: string };
  readonly tests: { readonly user: string; readonly password?: string };
  readonly maintenanceDatabase: string;
  /** The database that all others are copies of. */
  readonly template: string;
  /** Empties all tables and fills them again, in one round trip. */
  readonly reload: string;
}

/** The variable that has it, as JSON. */
export const peerServerVariable = 'BENCH_PEER_SERVER';
