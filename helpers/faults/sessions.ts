// Most of these are defects that a real session platform had; the others are promises that are easily broken.
export * from './sessions/hermes.ts';
export * from './sessions/mail.ts';
export * from './sessions/router.ts';
export * from './sessions/workspace.ts';
