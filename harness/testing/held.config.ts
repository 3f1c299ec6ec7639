import { defineConfig } from "vitest/config";
import { alias } from "../../vitest.config.ts";

export default defineConfig({ resolve: { alias }, test: { include: ["harness/testing/held.ts"] } });
