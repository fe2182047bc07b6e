import { describe, expect, it } from "vitest";
import { draftOfSource, sourceIn } from "../src/features/backbones/source-draft";

describe("a backbone's source as it is typed", () => {
  it.each(["starter", "/models/minilm", "hub:org/name@main", "hub:org/name", "hub:org/na", "hub:", ""])(
    "%j comes back as it was, whole or not",
    (source) => void expect(sourceIn(draftOfSource(source))).toBe(source),
  );
  it("may be the address of a model's page", () => {
    const draft = { ...draftOfSource("hub:"), repository: " https://huggingface.co/org/name ", revision: " v1 " };
    expect(sourceIn(draft)).toBe("hub:org/name@v1");
  });
  it("keeps nothing of one kind for another", () => {
    expect(sourceIn({ ...draftOfSource("hub:org/name@main"), kind: "folder" })).toBe("");
    expect(sourceIn({ ...draftOfSource("/models/minilm"), kind: "hub" })).toBe("hub:");
  });
});
