import pg from 'pg';
import { type PeerServer, peerServerVariable } from './description.ts';

export const server = JSON.parse(process.env[peerServerVariable]!) as PeerServer;

export async function connectAdmin(): Promise<pg.Client> {
  return connect(server.maintenanceDatabase, server.admin);
}

export async function connect(database: string, credentials = server.tests): Promise<pg.Client> {
  const client = new pg.Client({ host: server.host, port: server.port, database, ...credentials });
  await client.connect();
  return client;
}

/** A copy of the template, made as libraries make it: without a strategy. */
export async function copyTemplate(admin: pg.Client, name: string): Promise<void> {
  await admin.query(`CREATE DATABASE ${name} OWNER ${server.tests.user} TEMPLATE ${server.template}`);
}
