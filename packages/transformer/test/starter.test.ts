import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backbone, loadBackbone } from "../src";
import { timingFrequencies } from "../src/architectures/starter";
import { loadOriginal, loadOriginalOnWebAssembly, type Original, originalTimingFrequencies } from "./original";
import { createRunner, largestDifference, largestMagnitude } from "./running";
import { longText, texts } from "./texts";

describe("the starter encoder", () => {
  let backbone: Backbone;
  let runner: Awaited<ReturnType<typeof createRunner>>;
  let original: Original;
  const encode = (text: string) => backbone.tokenizer.encode(text);

  /** Of the hidden states the original has the first 512 numbers. They reach 60, where float32 itself is no finer than 4e-6; vectors have unit length. */
  function expectAgreement(actual: Awaited<ReturnType<Original>>, expected: Awaited<ReturnType<Original>>): void {
    const scale = largestMagnitude(expected.hidden);
    const lastLayer = actual.hidden.map((row) => row.map((state) => state.slice(0, 512)));
    expect(largestDifference(lastLayer, expected.hidden) / scale).toBeLessThan(1e-5);
    expect(largestDifference(actual.vectors, expected.vectors)).toBeLessThan(1e-4);
  }

  beforeAll(async () => {
    backbone = await loadBackbone("starter");
    runner = await createRunner(backbone);
    original = await loadOriginalOnWebAssembly();
  });
  afterAll(() => runner.close());

  test("agrees with TensorFlow.js on the original graph, in every hidden state and in the sentence vectors", async () => {
    const rows = [texts[0]!, texts[1]!, texts[6]!].map(encode);
    const expected = await (await loadOriginal())(rows);
    expectAgreement(await runner.run(rows), expected);
  });

  test("agrees with it on texts of every kind and of different lengths in one batch, up to the 128 tokens it reads", async () => {
    const rows = [...texts.map(encode), encode(longText(90, 1)).slice(0, 100), encode(longText(300, 2)).slice(0, 128)];
    const expected = await original(rows);
    expectAgreement(await runner.run(rows), expected);
  });

  test("gives a text the same hidden states and mean whatever its padding and its batch mates", async () => {
    const row = encode(texts[3]!);
    const alone = await runner.run([row]);
    const padded = await runner.run([row], { width: 512 });
    const together = await runner.run([encode(longText(400, 3)).slice(0, 512), row, encode(texts[1]!)]);
    for (const key of ["hidden", "mean", "vectors"] as const) {
      expect(largestDifference(alone[key][0], padded[key][0])).toBeLessThan(1e-5);
      expect(largestDifference(alone[key][0], together[key][1])).toBeLessThan(1e-5);
    }
  });

  test("computes the timing signal that the original stores, so that it can go on past 128 tokens", async () => {
    const stored = await originalTimingFrequencies();
    expect(largestDifference([...timingFrequencies(256)], stored)).toBeLessThan(1e-7);
  });

  test("reads 1024 tokens, where the original drops what follows the 128th", async () => {
    const row = encode(longText(1200, 4)).slice(0, backbone.maxLength);
    expect(row).toHaveLength(1024);
    const [cut, whole] = await Promise.all([original([row.slice(0, 128)]), original([row])]);
    expect(largestDifference(whole.vectors, cut.vectors)).toBeLessThan(1e-6);
    const { mean, hidden } = await runner.run([row]);
    expect(hidden[0]!.flat().every(Number.isFinite)).toBe(true);
    expect(largestDifference(mean, (await runner.run([row.slice(0, 128)])).mean)).toBeGreaterThan(1e-2);
  });
});
