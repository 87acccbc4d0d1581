import type { HermesParts } from './hermes/parts.ts';
import type { MailParts } from './mail/parts.ts';
import type { RouterParts } from './router/parts.ts';
import type { WorkspaceParts } from './workspace/index.ts';

/** The ports that the session platform is composed of, see `../experiments/parts.ts`. */
export type SessionParts = HermesParts & RouterParts & MailParts & WorkspaceParts;
