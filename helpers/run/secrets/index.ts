export { type Secret, type Secrets, secretsIn } from './environment.ts';
export { maskerFor } from './masker.ts';
export { type Masking, openMasking } from './masking.ts';
export { type SecretParts, secretParts } from './parts.ts';
