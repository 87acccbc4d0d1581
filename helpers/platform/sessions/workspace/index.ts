/** What others need to know of a container; what runs in it is `main.ts`, in a process of its own. */
export type { Identity } from './workspace-owner.ts';
export type { Listen } from './frame.ts';
export { keyHeader, workspaceKey } from './key.ts';
export type { WorkspaceParts } from './parts.ts';
export { workspacePath } from './paths.ts';
export type { LoggedCommit } from './repository.ts';
export { workspaceOperations } from './workspace-server.ts';
export type { InstructionResult } from './workspace.ts';
