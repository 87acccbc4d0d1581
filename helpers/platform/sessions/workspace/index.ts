/** The container's interface for others; its own process is `main.ts`. */
export { keyHeader, workspaceKey } from './key.ts';
export type { WorkspaceParts } from './parts.ts';
export { workspacePath } from './paths.ts';
export { workspaceOperations } from './workspace-server.ts';
