export { newCredentials, type SmtpAddress, type SmtpCredentials, type Submission, submission } from './credentials.ts';
export { type InboundMail, MailRefused } from './message.ts';
export type { MailParts } from './parts.ts';
export { MailReceiver, type MailReceiverParts } from './receiver.ts';
export {
  type AnsweredMail,
  openings,
  type OutboundMail,
  type Outcome,
  previewLabel,
  replyText,
  replyTo,
} from './reply.ts';
export { type MailSender, SmtpSender } from './sender.ts';
export { conversationLine, conversationOf, instructionOf, quoted } from './text.ts';
