export { newCredentials, type SmtpAddress, type SmtpCredentials, submission } from './credentials.ts';
export { type InboundMail } from './message.ts';
export { MailReceiver, type MailReceiverParts } from './receiver.ts';
export { openings, type OutboundMail, type Outcome, previewLabel, replyText, replyTo } from './reply.ts';
export { type MailSender, SmtpSender } from './sender.ts';
export { conversationLine, conversationOf, quoted } from './text.ts';
