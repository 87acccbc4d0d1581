import type { Target } from './configuration/index.ts';
import { EnvironmentUnavailable } from '../lib/environment.ts';

/** The properties of a machine that the servers from npm depend on. */
export interface System {
  readonly platform: NodeJS.Platform;
  /** Whether its C library is glibc, which most programs for Linux need. */
  readonly hasGlibc: boolean;
}

/** This machine's system. Costs some 10 ms on Linux. */
export function thisSystem(): System {
  if (process.platform !== 'linux') return { platform: process.platform, hasGlibc: false };
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return { platform: 'linux', hasGlibc: header.glibcVersionRuntime !== undefined };
}

/** Refuses a system that the tests cannot run on. @throws EnvironmentUnavailable naming an alternative. */
export function checkSystem(target: Target, { platform, hasGlibc }: System = thisSystem()): void {
  if (platform === 'win32')
    throw new EnvironmentUnavailable(
      'Proving Ground does not run on Windows itself: run it there in WSL (wsl --install), or on Linux or macOS.',
    );
  if (target === 'local' && platform === 'linux' && !hasGlibc) {
    throw new EnvironmentUnavailable(
      'The servers from npm are made for glibc, and this Linux has another C library (Alpine has musl): use an image with glibc such as node:24-slim, or set TARGET=docker or TARGET=remote.',
    );
  }
}
