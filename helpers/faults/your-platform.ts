// Defects that multi-tenant back ends have, planted in the example's application.
export * from './your-platform/effects.ts';
export * from './your-platform/isolation.ts';
export * from './your-platform/updates.ts';
