import type { HermesParts } from './hermes/parts.ts';
import type { MailParts } from './mail/parts.ts';
import type { RouterParts } from './router/parts.ts';
import type { WorkspaceParts } from './workspace/index.ts';

/** The parts of the session platform, see `../experiments/parts.ts`. */
export type SessionParts = HermesParts & RouterParts & MailParts & WorkspaceParts;
