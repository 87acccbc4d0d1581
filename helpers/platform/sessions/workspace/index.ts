/** The container's interface for others; its own process is `main.ts`. */
export type { Identity } from './workspace-owner.ts';
export type { Listen } from './frame.ts';
export { keyHeader, workspaceKey } from './key.ts';
export type { WorkspaceParts } from './parts.ts';
export { workspacePath } from './paths.ts';
export type { LoggedCommit } from './repository.ts';
export { workspaceOperations } from './workspace-server.ts';
export type { InstructionResult } from './workspace.ts';
