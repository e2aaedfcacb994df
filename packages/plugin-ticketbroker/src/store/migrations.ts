/**
 * What made the store what it is, oldest first. A published entry is never changed: a store remembers how many it has had.
 * Addresses and hashes are `0x…` in lower case, amounts decimal or `n/d`, because no column type holds 256 bits.
 */
export const MIGRATIONS: readonly string[] = Object.freeze([
  `
  CREATE TABLE winners (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    ticket BLOB NOT NULL,
    sender TEXT NOT NULL,
    face_value TEXT NOT NULL,
    creation_round INTEGER NOT NULL,
    added_block INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    redeemed_block INTEGER,
    redeemed_by TEXT,
    redeemed_amount TEXT,
    lost TEXT
  ) STRICT;
  CREATE INDEX winners_unsettled ON winners (id) WHERE redeemed_block IS NULL AND lost IS NULL;
  CREATE INDEX winners_redeemed ON winners (redeemed_block) WHERE redeemed_block IS NOT NULL;

  CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL) STRICT;

  CREATE TABLE nonces (
    recipient_rand TEXT NOT NULL,
    expiration_block INTEGER NOT NULL,
    sender TEXT NOT NULL,
    nonces TEXT NOT NULL
  ) STRICT;
  CREATE INDEX nonces_by_expiry ON nonces (expiration_block);

  CREATE TABLE balances (
    sender TEXT NOT NULL,
    session TEXT NOT NULL,
    amount TEXT NOT NULL,
    price TEXT NOT NULL,
    touched_at INTEGER NOT NULL,
    PRIMARY KEY (sender, session)
  ) STRICT, WITHOUT ROWID;
  `,
])
