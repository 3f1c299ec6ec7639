/** The whole schema; every statement may run again on a database that has it. */
export const schema = `
  CREATE TABLE IF NOT EXISTS products (
    id integer PRIMARY KEY,
    name text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    stock integer NOT NULL CHECK (stock >= 0),
    note text NOT NULL DEFAULT '',
    -- Counts the changes that readers must see; what guards the cache compares it.
    version integer NOT NULL DEFAULT 1
  );

  CREATE TABLE IF NOT EXISTS orders (
    id uuid PRIMARY KEY,
    idempotency_key text NOT NULL,
    product_id integer NOT NULL REFERENCES products (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'fulfilled', 'dead')),
    reason text,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX IF NOT EXISTS orders_pending ON orders (id) WHERE status = 'pending';

  -- What was answered to a key, so that a repeated request is answered the same and does nothing.
  CREATE TABLE IF NOT EXISTS idempotency_keys (
    key text PRIMARY KEY,
    request_hash text NOT NULL,
    response json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );

  -- Events are written with the change that they tell of, and sent after it. uuidv7 keeps them roughly in order.
  CREATE TABLE IF NOT EXISTS outbox (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz
  );
  CREATE INDEX IF NOT EXISTS outbox_unsent ON outbox (kind, id) WHERE sent_at IS NULL;
  CREATE INDEX IF NOT EXISTS outbox_order ON outbox ((payload ->> 'orderId')) WHERE kind = 'order-placed';
  CREATE INDEX IF NOT EXISTS outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;

  -- One row for each event that took effect: its primary key makes a repeated delivery a no-op.
  CREATE TABLE IF NOT EXISTS fulfilments (
    event_id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    created_at timestamptz NOT NULL DEFAULT now()
  );
`;

export const seed = `
  INSERT INTO products (id, name, price_cents, stock)
  SELECT id, 'Product ' || id, 100 + id, 1000000 FROM generate_series(1, 200) AS id
  WHERE NOT EXISTS (SELECT FROM products)
`;
