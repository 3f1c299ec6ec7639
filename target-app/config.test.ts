import { describe, expect, it } from "vitest";
import { ConfigError, readApiConfig, readWorkerConfig } from "./config.ts";

const urls = {
  DATABASE_URL: "postgres://shop@127.0.0.1:1/shop",
  CACHE_URL: "redis://127.0.0.1:2",
  QUEUE_URL: "redis://127.0.0.1:3",
  SEARCH_URL: "http://127.0.0.1:4",
};

describe("the configuration", () => {
  it("needs only the addresses, and has defaults for the rest", () => {
    expect(readApiConfig(urls)).toMatchObject({ port: 3000, host: "127.0.0.1", instance: "api", cacheTtlSeconds: 30 });
  });

  it("takes an empty variable for an absent one", () => {
    expect(readApiConfig({ ...urls, MUTANT: "", PORT: "" }).port).toBe(3000);
  });

  it("tells all its problems at once", () => {
    const environment = { DATABASE_URL: "mysql://x", PORT: "many", LOG_LEVEL: "loud", MUTANT: "lost-dell" };
    const error = failure(() => readWorkerConfig(environment));
    expect(error.problems).toEqual([
      expect.stringContaining("lost-del"),
      expect.stringContaining("DATABASE_URL"),
      expect.stringContaining("SEARCH_URL is missing"),
      expect.stringContaining("CACHE_URL is missing"),
      expect.stringContaining("QUEUE_URL is missing"),
      expect.stringContaining("PORT"),
      expect.stringContaining("LOG_LEVEL"),
    ]);
  });

  it("keeps passwords to itself", () => {
    const error = failure(() => readApiConfig({ ...urls, CACHE_URL: "http://user:secret@cache" }));
    expect(error.message).not.toContain("secret");
  });
});

function failure(body: () => unknown): ConfigError {
  try {
    body();
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error("it was accepted");
}
