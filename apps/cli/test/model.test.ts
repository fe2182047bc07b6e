import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { borda, lastLine } from "./borda";

const folder = mkdtempSync(join(tmpdir(), "borda-cli-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("model names every field of a config that is refused, and exits 1", async () => {
  writeFileSync(join(folder, "config.json"), JSON.stringify({ model_type: "bert", is_decoder: true, hidden_act: "x" }));
  const ended = await borda(folder, ["model", ".", "--json"]);
  expect(ended.code).toBe(1);
  expect(
    lastLine(ended)
      .refused.map(({ field }: { field: string }) => field)
      .sort(),
  ).toEqual(["hidden_act", "is_decoder"]);
});

test("parity of a folder without a reference exits 1 and says so", async () => {
  const ended = await borda(folder, ["parity", "."]);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/is no reference/);
});
