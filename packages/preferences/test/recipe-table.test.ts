import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Recipe } from "../src";

/** The table of docs/recipe.md: | `field` | `default` | values | words |. */
const page = readFileSync(fileURLToPath(new URL("../../../docs/recipe.md", import.meta.url)), "utf8");
const rows = [...page.matchAll(/^\| `(?<field>\w+)` \| `(?<byDefault>[^`]+)` \| (?<values>[^|]+) \| [^|]+ \|$/gm)].map(
  ({ groups }) => groups as { field: string; byDefault: string; values: string },
);

const Field = z.object({
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
});
const schema = z.record(z.string(), Field).parse(z.toJSONSchema(Recipe).properties);

describe("the table of a recipe's fields", () => {
  test("has every field in its place, with its default", () => {
    const told = rows.map(({ field, byDefault }) => [field, JSON.parse(byDefault)]);
    expect(told).toEqual(Object.entries(Recipe.parse({})));
  });
  test.each(rows)("says what $field may be", ({ field, values }) => {
    const { enum: names, ...ends } = schema[field]!;
    if (names) expect(values).toBe(names.map((name) => `\`${name}\``).join(", "));
    const limits = Object.values(ends).filter((end) => end !== Number.MAX_SAFE_INTEGER); // which every integer has
    for (const limit of limits) expect(values.match(/\d+/g)?.map(Number)).toContain(limit);
  });
});
