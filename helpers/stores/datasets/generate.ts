import { createAuditLog, createSessions } from './accounts.ts';
import { fixedClock } from './clock.ts';
import type { Clock } from '../../lib/clock.ts';
import { createConversations } from './conversations.ts';
import { createEvents } from './events.ts';
import { createMemberships, createOrganizations, createUsers } from './people.ts';
import { createAttachments, createReactions } from './replies.ts';
import { scaledSize } from './sizes.ts';
import type { DatasetName } from './sizes.ts';
import { toTable } from './table.ts';
import type { Dataset } from './table.ts';

export interface DatasetOptions {
  /** Multiplies `performance`; other datasets cannot be scaled. */
  readonly scaleFactor?: number;
  /** Read once; every date lies a fixed distance from its `now`. */
  readonly clock?: Clock;
}

/**
 * Generates the rows of a named dataset, the same in every run, for the tables of all schemas at once: a loader takes
 * the tables and columns that its database has. Primary keys count up from 1, so a loader must also advance the
 * sequences.
 */
export function generateDataset(
  name: DatasetName,
  { scaleFactor = 1, clock = fixedClock }: DatasetOptions = {},
): Dataset {
  const size = scaledSize(name, scaleFactor);
  const now = clock.now().getTime();

  const organizations = createOrganizations(size.users, now);
  const users = createUsers(size.users, organizations, now);
  const memberships = createMemberships(users, organizations);
  const sessions = createSessions(users);
  const { threads, participants, messages } = createConversations(size, users, now);

  return {
    name,
    tables: [
      toTable('organizations', ['id', 'name', 'slug', 'domain', 'plan', 'created_at', 'updated_at'], organizations),
      toTable(
        'users',
        [
          'id',
          'email',
          'email_verified',
          'first_name',
          'last_name',
          'display_name',
          'status',
          'time_zone',
          'created_at',
          'updated_at',
          'last_login_at',
        ],
        users,
      ),
      toTable('memberships', ['organization_id', 'user_id', 'role', 'joined_at'], memberships),
      toTable(
        'user_sessions',
        ['id', 'user_id', 'token_hash', 'ip_address', 'user_agent', 'created_at', 'expires_at', 'revoked_at'],
        sessions,
      ),
      toTable(
        'audit_log',
        ['occurred_at', 'actor_id', 'action', 'target_type', 'target_id', 'details'],
        createAuditLog(users, memberships, sessions),
      ),
      toTable('threads', ['id', 'owner_id', 'title', 'status', 'created_at', 'last_message_at'], threads),
      toTable('thread_participants', ['thread_id', 'user_id', 'joined_at', 'muted'], participants),
      toTable('messages', ['id', 'thread_id', 'author_id', 'position', 'body', 'created_at', 'edited_at'], messages),
      toTable(
        'message_reactions',
        ['message_id', 'user_id', 'emoji', 'created_at'],
        createReactions(messages, threads),
      ),
      toTable(
        'attachments',
        ['id', 'message_id', 'file_name', 'media_type', 'byte_size', 'sha256', 'created_at'],
        createAttachments(messages),
      ),
      toTable(
        'events',
        ['id', 'user_id', 'name', 'properties', 'duration_ms', 'occurred_at'],
        createEvents(size.events, users, now),
      ),
    ],
  };
}
