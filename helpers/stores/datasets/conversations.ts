import type { Faker } from '@faker-js/faker';
import { createPhrases, createTitle } from './phrases.ts';
import type { User } from './people.ts';
import { createFaker } from './random.ts';
import { day, hour, minute, timeline } from './time.ts';

export interface Thread {
  readonly id: number;
  readonly owner_id: number;
  readonly title: string;
  readonly status: 'open' | 'resolved' | 'archived';
  readonly created_at: Date;
  /** The time of its newest message, the value that the schema's trigger would set. */
  readonly last_message_at: Date | null;
  /** Ids of users, the owner first. */
  readonly participants: readonly number[];
}

export interface Participant {
  readonly thread_id: number;
  readonly user_id: number;
  readonly joined_at: Date;
  readonly muted: boolean;
}

export interface Message {
  readonly id: number;
  readonly thread_id: number;
  readonly author_id: number;
  /** From 1 up within each thread, without gaps. */
  readonly position: number;
  readonly body: string;
  readonly created_at: Date;
  readonly edited_at: Date | null;
}

type Outline = Omit<Thread, 'last_message_at'>;

export interface Conversations {
  readonly threads: readonly Thread[];
  readonly participants: readonly Participant[];
  readonly messages: readonly Message[];
}

export function createConversations(
  size: { readonly threads: number; readonly messages: number },
  users: readonly User[],
  now: number,
): Conversations {
  const outlines = outlineThreads(size.threads, users, now);
  const messages = writeMessages(size.messages, outlines);

  const lastMessages = new Map(messages.map((message) => [message.thread_id, message.created_at]));
  const threads = outlines.map((outline) => ({ ...outline, last_message_at: lastMessages.get(outline.id) ?? null }));
  const participants = outlines.flatMap((thread) =>
    thread.participants.map((user_id, i) => ({
      thread_id: thread.id,
      user_id,
      joined_at: thread.created_at,
      muted: i > 0 && (thread.id + i) % 7 === 0,
    })),
  );
  return { threads, participants, messages };
}

function outlineThreads(count: number, users: readonly User[], now: number): Outline[] {
  const faker = createFaker('threads');
  const active = users.filter((user) => user.status === 'active').map((user) => user.id);

  return timeline(faker, count, now - 30 * day, 28 * day).map((time, i) => ({
    id: i + 1,
    title: createTitle(faker),
    status: faker.helpers.weightedArrayElement([
      { value: 'open', weight: 6 },
      { value: 'resolved', weight: 3 },
      { value: 'archived', weight: 1 },
    ]),
    created_at: new Date(time),
    ...chooseParticipants(faker, active),
  }));
}

function chooseParticipants(faker: Faker, active: readonly number[]): Pick<Outline, 'owner_id' | 'participants'> {
  const wanted = faker.number.int({ min: 2, max: Math.min(6, active.length) });
  const owner_id = faker.helpers.arrayElement(active);
  const chosen = new Set([owner_id]);
  while (chosen.size < wanted) chosen.add(faker.helpers.arrayElement(active));
  return { owner_id, participants: [...chosen] };
}

/** Ids follow the time of writing across all threads, as a sequence would have assigned them. */
function writeMessages(count: number, threads: readonly Outline[]): Message[] {
  const faker = createFaker('messages');
  const phrases = createPhrases(faker);
  const counts = distribute(faker, count, threads.length);

  return threads
    .flatMap((thread, t) => {
      const span = faker.number.int({ min: hour, max: day });
      return timeline(faker, counts[t]!, thread.created_at.getTime() + minute, span).map((time, i) => ({
        thread_id: thread.id,
        // The owner writes the first message.
        author_id: i === 0 ? thread.owner_id : faker.helpers.arrayElement(thread.participants),
        position: i + 1,
        body: phrases.compose(),
        created_at: new Date(time),
      }));
    })
    .toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime())
    .map((message, i) => {
      const id = i + 1;
      const editedAt = new Date(message.created_at.getTime() + 5 * minute);
      return { id, ...message, edited_at: id % 8 === 0 ? editedAt : null };
    });
}

/** One message for each thread; the rest goes mostly to early threads, so that lengths vary. */
function distribute(faker: Faker, messages: number, threads: number): number[] {
  const counts = Array.from({ length: threads }, () => 0);
  for (let i = 0; i < messages; i++) {
    const any = () => faker.number.int({ min: 0, max: threads - 1 });
    const thread = i < threads ? i : Math.min(any(), any());
    counts[thread]! += 1;
  }
  return counts;
}
