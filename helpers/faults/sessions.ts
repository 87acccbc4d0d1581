// Most of these are defects of a real session platform; the others break promises that are easily broken.
export * from './sessions/hermes.ts';
export * from './sessions/instructions.ts';
export * from './sessions/mail.ts';
export * from './sessions/router.ts';
export * from './sessions/workspace.ts';
