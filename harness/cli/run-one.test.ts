import { resolve } from "node:path";
import { expect, test } from "vitest";
import { replayCommand } from "./run-one.ts";

const planned = (variables: Readonly<Record<string, string>> = {}, variant?: string) =>
  ({
    path: resolve("scenarios/it.ts"),
    plan: { seed: "7" },
    scenario: { system: { variables } },
    variant,
  }) as unknown as Parameters<typeof replayCommand>[0];

test("the command to see a run again says all that it was made with, and no more", () => {
  expect(replayCommand(planned(), "local", [])).toBe("npx faultline run scenarios/it.ts --seed 7");
  expect(replayCommand(planned({ MUTANT: "lost-del" }, "write back"), "elsewhere", ["a.example", "b.example"])).toBe(
    "MUTANT=lost-del npx faultline run scenarios/it.ts --seed 7 --variant 'write back' --env elsewhere" +
      " --allow-target a.example --allow-target b.example",
  );
});
