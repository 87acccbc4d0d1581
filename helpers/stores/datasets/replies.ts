import { createHash } from 'node:crypto';
import type { Message, Thread } from './conversations.ts';
import { createFaker, slug } from './random.ts';
import { hour, second } from './time.ts';

export interface Reaction {
  readonly message_id: number;
  readonly user_id: number;
  readonly emoji: string;
  readonly created_at: Date;
}

export interface Attachment {
  readonly id: number;
  readonly message_id: number;
  readonly file_name: string;
  readonly media_type: string;
  readonly byte_size: number;
  readonly sha256: string;
  readonly created_at: Date;
}

const emojis = ['👍', '🎉', '❤️', '👀', '🚀'];

const mediaTypes = [
  ['png', 'image/png'],
  ['pdf', 'application/pdf'],
  ['csv', 'text/csv'],
  ['log', 'text/plain'],
] as const;

/** One or two participants react to every third message. */
export function createReactions(messages: readonly Message[], threads: readonly Thread[]): Reaction[] {
  const faker = createFaker('replies');
  return messages
    .filter((message) => message.id % 3 === 0)
    .flatMap((message) => {
      const { participants } = threads[message.thread_id - 1]!;
      const first = faker.number.int({ min: 0, max: participants.length - 1 });
      const count = faker.number.int({ min: 1, max: 2 });
      return Array.from({ length: count }, (_, i) => ({
        message_id: message.id,
        user_id: participants[(first + i) % participants.length]!,
        emoji: faker.helpers.arrayElement(emojis),
        created_at: new Date(message.created_at.getTime() + faker.number.int({ min: second, max: hour })),
      }));
    });
}

/** Every fifth message has a file, of which the database only holds the description. */
export function createAttachments(messages: readonly Message[]): Attachment[] {
  const faker = createFaker('replies');
  return messages
    .filter((message) => message.id % 5 === 0)
    .map((message, i) => {
      const id = i + 1;
      const [extension, media_type] = faker.helpers.arrayElement(mediaTypes);
      return {
        id,
        message_id: message.id,
        file_name: `${slug(faker.hacker.noun())}-${id}.${extension}`,
        media_type,
        byte_size: faker.number.int({ min: 200, max: 5_000_000 }),
        sha256: createHash('sha256').update(`attachment ${id}`).digest('hex'),
        created_at: message.created_at,
      };
    });
}
