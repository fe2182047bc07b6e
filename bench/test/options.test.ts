import { describe, expect, it } from "vitest";
import { z } from "zod";
import { common, count, optionsOf } from "../options";

const table = {
  seeds: count.default(1),
  limit: count.optional(),
  rows: count.multipleOf(4).default(16),
  device: z.enum(["cpu", "cuda"]).default("cpu"),
  all: z.boolean().default(false),
  ...common,
};

describe("the options of a bench", () => {
  it("reads numbers, words and flags from the command line", () => {
    const words = [
      "--seeds",
      "3",
      "--limit",
      "40",
      "--rows",
      "32",
      "--device",
      "cuda",
      "--all",
      "--python",
      "py",
      "--json",
    ];
    expect(optionsOf(words, table)).toMatchObject({
      seeds: 3,
      limit: 40,
      rows: 32,
      device: "cuda",
      all: true,
      python: "py",
      json: true,
    });
  });

  it("takes the defaults where nothing is said", () => {
    expect(optionsOf([], { ...table, threads: count.default(2) })).toEqual({
      seeds: 1,
      rows: 16,
      device: "cpu",
      all: false,
      threads: 2,
      json: false,
    });
  });

  it.each([
    [["--seeds", "none"], "--seeds: Invalid input: expected number"],
    [["--rows", "6"], "--rows: Invalid number: must be a multiple of 4"],
    [["--device", "tpu"], '--device: Invalid option: expected one of "cpu"|"cuda"'],
    [["--seed", "3"], "Unknown option '--seed'"],
    [["--all", "yes"], "Unexpected argument 'yes'"],
  ])("refuses %j by name", (words, message) => {
    expect(() => optionsOf(words, table)).toThrow(message);
  });
});
