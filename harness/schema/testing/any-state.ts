import fc from "fast-check";

/** A final state as an audit may return it, as plain rows that can be made wrong. */
type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

const version = fc.integer({ min: 0, max: 9 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const keyspace = fc.constantFrom("keys", "carts");
const place = { key: fc.nat(2) };
const list = <T>(row: fc.Arbitrary<T>) => fc.array(row, { maxLength: 4 });

/** Audits that are as they should be: keys 0 to 2 of "keys" and "carts", ids 0 to 9, rows of items and jobs repeated. */
export const anyState: fc.Arbitrary<Rows> = fc.record(
  {
    registers: fc.uniqueArray(
      fc.record({ keyspace, ...place, version, value: orNull(fc.nat(9)) }, { requiredKeys: ["key", "value"] }),
      { maxLength: 4, selector: (row) => `${"keyspace" in row ? row.keyspace : "keys"} ${row.key}` },
    ),
    items: list(fc.record({ id: fc.nat(9), count: fc.nat(2) })),
    cache: list(
      fc.record(
        { keyspace, ...place, cached: orNull(version), row: orNull(version), isMoving: fc.boolean() },
        { requiredKeys: ["key", "cached", "row"] },
      ),
    ),
    index: list(fc.record({ keyspace, ...place, version }, { requiredKeys: ["key", "version"] })),
    jobs: list(
      fc.record(
        {
          id: fc.nat(9),
          state: fc.constantFrom("completed", "dead", "pending"),
          effects: fc.nat(2),
          attempts: fc.constant(2),
          attemptsAllowed: fc.constant(3),
          letters: fc.nat(2),
        },
        { requiredKeys: ["id", "state", "effects"] },
      ),
    ),
    conserved: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("a", "b", "c"),
        expected: fc.integer(),
        actual: fc.double({ noNaN: true, min: -9, max: 9 }),
      }),
      { maxLength: 3, selector: ({ name }) => name },
    ),
  },
  { requiredKeys: ["registers", "items"] },
);

/** Values that no field may have; a field may not have these either, beside them. */
const never = [undefined, Number.NaN, Promise.resolve(1), 3n, {}, [], "", Number.POSITIVE_INFINITY, new Date(0)];
const alsoNot = (field: string): readonly unknown[] => {
  const texts = ["keyspace", "name", "state"];
  if (texts.includes(field)) return [3, true, null, ...(field === "state" ? ["done", "Completed"] : [])];
  if (field === "isMoving") return [3, "true", null];
  const ofNumbers = ["17", "0", true, "NaN"];
  const whole = ["key", "value", "id", "count", "effects", "attempts", "attemptsAllowed", "letters"].includes(field);
  const nullable = ["value", "cached", "row"].includes(field);
  return [...ofNumbers, ...(whole ? [-1, 0.5] : []), ...(nullable ? [] : [null])];
};

/** Makes one field of one row wrong; undefined where there is no row. */
type Mistyping = (state: Rows) => { readonly given: unknown; readonly where: string } | undefined;

export const mistypings: fc.Arbitrary<Mistyping> = fc.tuple(fc.nat(), fc.nat(), fc.nat()).map(
  ([ofRow, ofField, ofValue]): Mistyping =>
    (state) => {
      const rows = Object.entries(state).flatMap(([part, all]) => all.map((row, index) => ({ part, index, row })));
      if (rows.length === 0) return undefined;
      const { part, index, row } = rows[ofRow % rows.length]!;
      const fields = Object.keys(row);
      const field = fields[ofField % fields.length]!;
      const wrong = [...never, ...alsoNot(field)];
      const changed = { ...row, [field]: wrong[ofValue % wrong.length] };
      const given = { ...state, [part]: state[part]!.map((one, at) => (at === index ? changed : one)) };
      return { given, where: `${part}[${index}].${field}` };
    },
);
