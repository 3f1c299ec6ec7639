import { defineConfig } from "faultline";
import { mutants } from "./target-app/mutants.ts";

export default defineConfig({
  mutants: Object.entries(mutants).map(([name, { change }]) => ({
    name,
    environment: { MUTANT: name },
    joins: ",",
    description: change,
  })),
  canary: "scenarios/controls/canary.ts",
  proven: "scenarios/proven.json",
});
