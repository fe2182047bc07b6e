import { createReadStream } from "node:fs";
import path from "node:path";
import { type DatasetRow, openDataset } from "@borda/datasets";
import { describe, expect, it } from "vitest";

const file = path.join(import.meta.dirname, "../src/features/projects/demo/demo.jsonl");

describe("the demo project's file", () => {
  it("has 24 prompts with four to six completions each, no rankings and no bad row", async () => {
    const { format, events } = await openDataset(createReadStream(file));
    const rows: DatasetRow[] = [];
    for await (const event of events) {
      if (event.type === "issue") throw new Error(JSON.stringify(event.issue));
      rows.push(event.row);
    }
    expect(format.name).toBe("borda");
    expect(rows).toHaveLength(24);
    for (const { group } of rows) {
      expect(group.completions.length).toBeGreaterThanOrEqual(4);
      expect(group.completions.length).toBeLessThanOrEqual(6);
      expect(group.completions.every(({ model }) => model?.startsWith("policy-"))).toBe(true);
      expect(group.rankings).toEqual([]);
    }
  });
});
