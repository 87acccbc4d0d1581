export { type InboundMail, MailRefused } from './message.ts';
export { MailReceiver, type MailReceiverParts } from './receiver.ts';
export { openings, type OutboundMail, type Outcome, previewLabel, replyText, replyTo } from './reply.ts';
export { MailSender } from './sender.ts';
export { conversationLine, conversationOf, instructionOf, quoted } from './text.ts';
