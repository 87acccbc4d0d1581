import type { Queryable } from '../../kernel/store/database.ts';

export interface User {
  readonly clientId: string;
  readonly userId: string;
}

/** The users who may send mail, and their clients. */
export interface Users {
  find(db: Queryable, email: string): Promise<User | undefined>;
  /** Adds or replaces the user of an address. False when the address belongs to another client. */
  put(db: Queryable, email: string, user: User): Promise<boolean>;
}

export const users: Users = {
  async find(db, email) {
    const { rows } = await db.query<User>(
      'SELECT client_id AS "clientId", user_id AS "userId" FROM users WHERE email = lower($1)',
      [email],
    );
    return rows[0];
  },

  async put(db, email, { clientId, userId }) {
    const { rowCount } = await db.query(
      'INSERT INTO users (email, client_id, user_id) VALUES (lower($1), $2, $3) ON CONFLICT (email) DO UPDATE SET user_id = $3 WHERE users.client_id = $2',
      [email, clientId, userId],
    );
    return rowCount === 1;
  },
};
