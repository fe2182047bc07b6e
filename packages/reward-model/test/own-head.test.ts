import { architectureOf, type Backbone, loadBackbone, type WeightTensor } from "@borda/transformer";
import { beforeAll, describe, expect, test } from "vitest";
import { withOwnHead } from "../src/own-head";

const sizes = { vocab_size: 8002, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 12 };

let starter: Backbone;
beforeAll(async () => {
  starter = await loadBackbone("starter");
});

/** A backbone of a type with zeros for weights, and a head. */
function backboneOf(config: Record<string, unknown>, head: ReadonlyMap<string, WeightTensor> = new Map()): Backbone {
  const architecture = architectureOf({ ...sizes, ...config }, "the test's config");
  const weights = new Map(
    [...architecture.weightShapes].map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      return [name, { shape, data }] as const;
    }),
  );
  return architecture.backbone({ weights, head, tokenizer: starter.tokenizer });
}

const ones = (...shape: number[]): WeightTensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1),
});

describe("the head that transformers has for a pooling", () => {
  test("is drawn where the checkpoint lacks it: the same by the same seed, another by another", () => {
    const drawn = (seed: number) => {
      const { ownHead, weights, head } = withOwnHead(backboneOf({ model_type: "roberta" }), "cls", { seed });
      expect(ownHead?.className).toBe("RobertaForSequenceClassification");
      expect(head.size).toBe(0); // the last layer is solved, not drawn
      expect(weights.get("classifier.dense.bias")!.data).toEqual(new Float32Array(8));
      return weights.get("classifier.dense.weight")!.data;
    };
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    const deviation = Math.sqrt(drawn(3).reduce((sum, value) => sum + value * value, 0) / 64);
    expect(deviation).toBeGreaterThan(0.012);
    expect(deviation).toBeLessThan(0.028);
  });

  test("begins with the layers that a pretrained checkpoint has of it", () => {
    const pretrained = new Map([
      ["head.dense.weight", ones(8, 8)],
      ["head.norm.weight", ones(8)],
    ]);
    const backbone = backboneOf({ model_type: "modernbert", classifier_pooling: "mean", pad_token_id: 3 }, pretrained);
    const { weights, head, config } = withOwnHead(backbone, "cls", { seed: 0 });
    expect(weights.get("head.dense.weight")).toEqual(ones(8, 8));
    expect(head.size).toBe(0);
    expect(config.classifier_pooling).toBe("cls");
  });

  test("is found again whole, by Borda's names", () => {
    const own = new Map([
      ["classifier.dense.weight", ones(8, 8)],
      ["classifier.dense.bias", ones(8)],
      ["classifier.out_proj.weight", ones(1, 8)],
      ["classifier.out_proj.bias", ones(1)],
    ]);
    const { head } = withOwnHead(backboneOf({ model_type: "roberta" }, own), "cls", { seed: 0 });
    expect([...head.keys()]).toEqual(["score.weight", "score.bias"]);
  });

  test("finds a decoder's last token by the id that pads", () => {
    const { config, ownHead } = withOwnHead(backboneOf({ model_type: "llama" }), "last", { seed: 0 });
    expect(config.pad_token_id).toBe(starter.tokenizer.padId);
    expect([...ownHead!.shapes.keys()]).toEqual(["score.weight"]);
  });

  test("is none for another pooling", () => {
    for (const pooling of ["mean", "last"] as const) {
      const bert = backboneOf({ model_type: "bert" });
      expect(withOwnHead(bert, pooling, { seed: 0 })).toBe(bert);
    }
  });
});
