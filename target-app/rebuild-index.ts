import { command, prepareIndex } from "./migrate.ts";

// The index holds nothing that Postgres does not: when it is lost or in doubt, it is filled anew, while the shop runs.
await command(async (stores) => prepareIndex(stores, { rebuild: true }));
