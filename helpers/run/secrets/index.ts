export { type Masking, openMasking } from './masking.ts';
export { type SecretParts, secretParts } from './parts.ts';
