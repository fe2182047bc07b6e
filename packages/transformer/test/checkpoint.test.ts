import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Backbone,
  loadBackbone,
  readSafetensors,
  saveBackbone,
  type WeightTensor,
  writeSafetensors,
} from "../src";
import { createRunner, largestDifference } from "./running";

let starter: Backbone;
let folder: string;
beforeAll(async () => {
  starter = await loadBackbone("starter");
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-checkpoint-"));
  return () => rm(folder, { recursive: true });
});

const head = new Map([["score.weight", { shape: [1, 768], data: new Float32Array(768).fill(0.5) }]]);

/** Name, shape and a hash of the bytes of each weight: element by element would take a minute. */
function bytesOf({ weights }: Backbone): unknown[] {
  const hash = (data: Float32Array) =>
    createHash("sha256").update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return [...weights].map(([name, { shape, data }]) => [name, shape, hash(data).digest("hex")]);
}

async function editConfig(change: Record<string, unknown>): Promise<void> {
  const path = join(folder, "config.json");
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")), ...change }));
}

async function editWeights(change: (tensors: Map<string, WeightTensor>) => void): Promise<void> {
  const path = join(folder, "model.safetensors");
  const { tensors } = await readSafetensors(path);
  change(tensors);
  await writeSafetensors(path, tensors);
}

describe("a saved backbone", () => {
  test("is read back with the same weights, config, tokenizer and head", async () => {
    await saveBackbone(folder, starter, { head, config: { num_labels: 1 } });
    expect((await readdir(folder)).sort()).toEqual([
      "config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    const again = await loadBackbone(folder);
    expect(again.modelType).toBe("borda-starter");
    expect(bytesOf(again)).toEqual(bytesOf(starter));
    expect(again.head).toEqual(head);
    expect(again.config).toEqual({ ...starter.config, num_labels: 1 });
    expect([again.hiddenSize, again.maxLength]).toEqual([768, 1024]);
    const group = ["Bread", ["Mix flour and water.", "No."], 64] as const;
    expect(again.tokenizer.encodeGroup(...group)).toEqual(starter.tokenizer.encodeGroup(...group));
  });

  test("computes the same, and what was trained computes otherwise", async () => {
    const trained = new Map(starter.weights);
    const name = "embeddings.token_type_embeddings.weight";
    trained.set(name, { shape: [2, 256], data: Float32Array.from({ length: 512 }, (_, i) => Math.sin(i)) });
    await saveBackbone(folder, starter, { weights: trained });
    const ids = starter.tokenizer.encode("Hello, world!");
    const segments = [ids.map((_, at) => (at < 2 ? 0 : 1))];
    const before = await createRunner(starter);
    const after = await createRunner(await loadBackbone(folder));
    const plain = await before.run([ids]);
    expect(await before.run([ids], { segments })).toEqual(plain); // segments are zero until they are learned
    expect(largestDifference(plain.mean, (await after.run([ids], { segments })).mean)).toBeGreaterThan(0.1);
    await Promise.all([before.close(), after.close()]);
  });

  test("refuses weights that it could not read again, and writes nothing then", async () => {
    const weights = new Map(starter.weights);
    weights.delete("pooler.dense.bias");
    await expect(saveBackbone(folder, starter, { weights })).rejects.toMatchObject({
      code: "WEIGHT_MISMATCH",
      tensor: "pooler.dense.bias",
    });
    await expect(saveBackbone(folder, starter, { config: { rope_theta: 1 } })).rejects.toMatchObject({
      field: "rope_theta",
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a backbone that cannot be loaded is refused, naming why", () => {
  beforeEach(() => saveBackbone(folder, starter));
  const refusal = () => loadBackbone(folder);

  test("a folder or a file that is not there", async () => {
    await expect(loadBackbone(join(folder, "none"))).rejects.toMatchObject({
      code: "BACKBONE_NOT_FOUND",
      message: expect.stringMatching(/none is no backbone/),
    });
    await rm(join(folder, "model.safetensors"));
    await expect(refusal()).rejects.toMatchObject({
      code: "BACKBONE_NOT_FOUND",
      message: expect.stringMatching(/model.safetensors is missing/),
    });
  });

  test("a backbone on the hub", async () => {
    await expect(loadBackbone("hub:org/name@main")).rejects.toMatchObject({
      code: "BACKBONE_NOT_FOUND",
      message: expect.stringMatching(/hub:org\/name@main/),
    });
  });

  test("an architecture that Borda does not have", async () => {
    await editConfig({ model_type: "mamba" });
    await expect(refusal()).rejects.toMatchObject({
      code: "UNSUPPORTED_CONFIG",
      field: "model_type",
      message: expect.stringMatching(/mamba.*borda-starter/),
    });
    await editConfig({ model_type: "toString" });
    await expect(refusal()).rejects.toMatchObject({ field: "model_type" });
    await editConfig({ model_type: undefined });
    await expect(refusal()).rejects.toMatchObject({
      field: "model_type",
      message: expect.stringMatching(/has no model_type/),
    });
  });

  test.each([
    [{ hidden_act: "gelu" }, "hidden_act"],
    [{ layer_norm_eps: "tiny" }, "layer_norm_eps"],
    [{ rotary_dim: 32 }, "rotary_dim"],
    [{ num_attention_heads: 3 }, "num_attention_heads"],
    [{ num_labels: 2 }, "num_labels"],
  ])("a config with %j", async (change, field) => {
    await editConfig(change);
    await expect(refusal()).rejects.toMatchObject({
      code: "UNSUPPORTED_CONFIG",
      field,
      message: expect.stringMatching(field),
    });
  });

  test("a config that is no JSON", async () => {
    await writeFile(join(folder, "config.json"), "{");
    await expect(refusal()).rejects.toMatchObject({
      code: "UNSUPPORTED_CONFIG",
      message: expect.stringMatching(/is not JSON/),
    });
  });

  test("a tensor that is missing, unknown or misshapen", async () => {
    const name = "encoder.layer.1.attention.query.weight";
    let kept: WeightTensor | undefined;
    await editWeights((tensors) => {
      kept = tensors.get(name);
      tensors.delete(name);
    });
    await expect(refusal()).rejects.toMatchObject({
      code: "WEIGHT_MISMATCH",
      tensor: name,
      message: expect.stringMatching(/is missing/),
    });
    await editWeights((tensors) => tensors.set(name, { shape: [1024, 256], data: kept!.data }));
    await expect(refusal()).rejects.toMatchObject({
      tensor: name,
      message: expect.stringMatching(/has shape \[1024,256\], config.json makes it \[512,512\]/),
    });
    await editWeights((tensors) =>
      tensors.set(name, kept!).set("lm_head.weight", { shape: [1], data: Float32Array.of(0) }),
    );
    await expect(refusal()).rejects.toMatchObject({
      tensor: "lm_head.weight",
      message: expect.stringMatching(/belongs to no part/),
    });
  });

  test("a folder without a tokenizer", async () => {
    await rm(join(folder, "tokenizer.json"));
    await expect(refusal()).rejects.toMatchObject({ code: "INVALID_TOKENIZER" });
  });
});

describe("loading another number of layers", () => {
  test("follows config.json, and not what the starter happens to be", async () => {
    const weights = new Map([...starter.weights].filter(([name]) => !name.startsWith("encoder.layer.1.")));
    await saveBackbone(folder, starter, { weights, config: { num_hidden_layers: 1 } });
    const small = await loadBackbone(folder);
    const runner = await createRunner(small);
    expect((await runner.run([[7, 8, 9]])).hidden[0]).toHaveLength(3);
    await runner.close();
  });
});
