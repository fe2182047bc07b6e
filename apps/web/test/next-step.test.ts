import { describe, expect, it } from "vitest";
import { nextStep, type Situation } from "../src/features/overview/next-step";

const quiet: Situation = {
  projectId: "p",
  prompts: 24,
  labelers: 2,
  tasksOpen: 0,
  comparisons: 200,
  newComparisons: 0,
  published: true,
  candidateId: null,
  activeRunId: null,
  activeImportId: null,
  apiKeyUsed: true,
};

describe("what to do next", () => {
  it.each<[string, Partial<Situation>, string]>([
    ["an empty project needs prompts", { prompts: 0, comparisons: 0, published: false }, "/projects/p/imports"],
    ["an import that runs is shown", { prompts: 0, activeImportId: "i" }, "/projects/p/imports/i"],
    ["prompts without labelers need people", { comparisons: 0, labelers: 0, published: false }, "/projects/p/labelers"],
    ["enough comparisons call for a first training", { published: false }, "/projects/p/training"],
    ["a run that trains comes before everything", { activeRunId: "r", newComparisons: 9 }, "/projects/p/training/r"],
    ["a candidate waits for a decision", { candidateId: "c", newComparisons: 9 }, "/projects/p/checkpoints"],
    ["new comparisons call for a retraining", { newComparisons: 9 }, "/projects/p/training"],
    ["a published model nobody calls needs a key", { apiKeyUsed: false }, "/projects/p/api-keys"],
    ["open tasks need labelers", { tasksOpen: 3 }, "/projects/p/labelers"],
    ["when all is done, more prompts", {}, "/projects/p/imports"],
  ])("%s", (_, change, href) => {
    expect(nextStep({ ...quiet, ...change }).href).toBe(href);
  });
});
