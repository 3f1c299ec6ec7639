import { accessSchema } from "./access/schema.ts";

/** One step of the schema. Steps are applied in order, each once; one that was released is never changed. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

const shop = `
  -- Ids from 1001: the seed data has those below. Each tenant's products are its own, whatever their ids.
  CREATE SEQUENCE product_ids START 1001 MAXVALUE 999999999;
  CREATE TABLE products (
    tenant text NOT NULL,
    id integer NOT NULL DEFAULT nextval('product_ids'),
    name text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    stock integer NOT NULL CHECK (stock >= 0),
    note text NOT NULL DEFAULT '',
    -- Counts the changes that readers must see; what guards the cache and the index compares it.
    version integer NOT NULL DEFAULT 1,
    -- A deleted product keeps its row: the cache and the index need its last version.
    deleted boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now(),
    indexed_version integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, id)
  );
  CREATE INDEX products_unindexed ON products (changed_at) WHERE indexed_version < version;

  CREATE TABLE orders (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    idempotency_key text NOT NULL,
    product_id integer NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'fulfilled', 'dead')),
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant, product_id) REFERENCES products (tenant, id)
  );
  CREATE INDEX orders_pending ON orders (id) WHERE status = 'pending';

  -- What was answered to a key, so that a repeated request is answered the same and does nothing.
  CREATE TABLE idempotency_keys (
    tenant text NOT NULL,
    key text NOT NULL,
    request_hash text NOT NULL,
    response json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, key)
  );
  CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

  -- Events are written with the change that they tell of, and sent after it. uuidv7 keeps them roughly in order.
  CREATE TABLE outbox (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz
  );
  CREATE INDEX outbox_unsent ON outbox (kind, id) WHERE sent_at IS NULL;
  CREATE INDEX outbox_order ON outbox ((payload ->> 'orderId')) WHERE kind = 'order-placed';
  CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;

  -- One row for each event that took effect: its primary key makes a repeated delivery a no-op.
  CREATE TABLE fulfilments (
    event_id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    created_at timestamptz NOT NULL DEFAULT now()
  );

  -- What was sold, at the price of that moment.
  CREATE TABLE ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    order_id uuid NOT NULL REFERENCES orders (id),
    product_id integer NOT NULL,
    quantity integer NOT NULL,
    amount_cents bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );

  -- Events that were given up, with the reason and what was tried; sent again by hand.
  CREATE TABLE dead_letters (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    reason text NOT NULL,
    history jsonb NOT NULL,
    died_at timestamptz NOT NULL DEFAULT now(),
    redriven_at timestamptz
  );
  CREATE INDEX dead_letters_open ON dead_letters (tenant, id) WHERE redriven_at IS NULL;
`;

export const migrations: readonly Migration[] = [
  { name: "0001 shop", sql: shop },
  { name: "0002 access", sql: accessSchema },
  // How often the event was tried until it took effect. Its job is gone from the queue then.
  { name: "0003 attempts", sql: "ALTER TABLE fulfilments ADD COLUMN attempts integer NOT NULL DEFAULT 1" },
];
