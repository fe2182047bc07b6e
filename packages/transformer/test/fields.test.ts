import { readFileSync } from "node:fs";
import { build, input, parameter, type Tensor, topologicalOrder } from "@borda/tensor";
import { describe, expect, test } from "vitest";
import type { UnsupportedConfig } from "../src";
import { architectureOf, modelTypes } from "../src/registry";
import { fullConfigs, otherValues, ownOtherValues } from "./fields";

type Config = Record<string, unknown>;

/** Fields and defaults of transformers' own configs, as python/list_config_fields.py lists them. */
const theirs = JSON.parse(readFileSync(new URL("data/transformers-configs.json", import.meta.url), "utf8")) as {
  configs: Record<string, Config>;
};
const types = modelTypes.filter((type) => type !== "borda-starter");

describe.each(types)("%s", (type) => {
  const full: Config = { model_type: type, ...fullConfigs[type] };

  test("knows every field of transformers' config", () => {
    expect(architectureOf(full, "config.json").fields).toEqual(
      expect.arrayContaining(Object.keys(theirs.configs[type]!)),
    );
  });

  test("takes what a config leaves out as transformers does", () => {
    const said = Object.entries(theirs.configs[type]!).filter(([, value]) => value !== null);
    const explicit = { model_type: type, ...Object.fromEntries(said) };
    expect(computationOf(explicit)).toEqual(computationOf({ model_type: type }));
  });

  test("follows every field, or refuses another value by its name, or says that it has no effect", () => {
    const before = computationOf(full);
    const verdicts = architectureOf(full, "config.json")
      .fields.filter((field) => field !== "model_type")
      .map((field) => {
        const values = { ...otherValues, ...ownOtherValues[type] };
        expect(Object.keys(values), `a row for ${field} of ${type}`).toContain(field);
        const changed = { ...full, [field]: values[field] };
        const refused = refusedFields(changed);
        if (refused.length > 0) return { field, verdict: refused.some((name) => name.startsWith(field)) };
        const silent = architectureOf(changed, "config.json").withoutEffect.has(field);
        return { field, verdict: silent === (computationOf(changed) === before) };
      });
    expect(verdicts.filter(({ verdict }) => !verdict)).toEqual([]);
  });

  test("refuses a field that it does not know", () => {
    expect(refusedFields({ ...full, attention_temperature: 2 })).toEqual(["attention_temperature"]);
    expect(refusedFields({ ...full, auto_map: { AutoModel: "modeling.Model" } })).toEqual(["auto_map"]);
  });
});

test("the reason of a field without effect is the field's own", () => {
  const { withoutEffect } = architectureOf(
    { model_type: "gemma2", final_logit_softcapping: 30, attention_dropout: 0.1, eos_token_id: [1, 107] },
    "config.json",
  );
  expect(Object.fromEntries(withoutEffect)).toEqual({
    final_logit_softcapping: "of a language model's head, which a reward model does not have",
    attention_dropout: "of training, where the recipe says what is dropped out",
    eos_token_id: "of generation",
  });
});

test("a field may be without effect because of another", () => {
  const reasonOf = (config: Config, field: string) => architectureOf(config, "config.json").withoutEffect.get(field);
  const qwen = { model_type: "qwen2", sliding_window: 64, max_window_layers: 2, num_hidden_layers: 4 };
  expect(reasonOf({ ...qwen, use_sliding_window: false }, "sliding_window")).toBe("use_sliding_window is off");
  expect(reasonOf({ ...qwen, use_sliding_window: true }, "sliding_window")).toBeUndefined();
  const deberta = { model_type: "deberta-v2", position_buckets: 256 };
  expect(reasonOf(deberta, "position_buckets")).toBe("relative_attention is off");
  expect(reasonOf({ ...deberta, relative_attention: true }, "position_buckets")).toBeUndefined();
});

function refusedFields(config: Config): string[] {
  try {
    architectureOf(config, "config.json");
    return [];
  } catch (error) {
    return (error as UnsupportedConfig).refused.map(({ field }) => field);
  }
}

/** Everything that a config decides, as a text: shapes of weights, the graph of hidden states and logits, lengths. */
function computationOf(config: Config): string {
  const architecture = architectureOf(config, "config.json");
  const { weightShapes, optionalShapes, classification } = architecture;
  const shapes = new Map([...weightShapes, ...optionalShapes, ...classification!.shapes]);
  const { hidden, maxLength, segments } = architecture.model({ weights: new Map(), head: new Map() });
  const known = new Map<string, Tensor>();
  const parameterOf = (name: string) => {
    const made = known.get(name) ?? parameter(name, shapes.get(name)!);
    known.set(name, made);
    return made;
  };
  const ids = (name: string) => input(name, ["n", "t"], "int64");
  const inputs = {
    inputIds: ids("input_ids"),
    attentionMask: ids("attention_mask"),
    segmentIds: ids("token_type_ids"),
    parameter: parameterOf,
  };
  const states = hidden(inputs);
  const logits = classification!.logits(states, inputs);
  return JSON.stringify([maxLength, segments, [...shapes], graphText([build.mul(states, 1), logits])]);
}

function graphText(outputs: readonly Tensor[]): unknown[] {
  const order = topologicalOrder(outputs);
  const places = new Map(order.map((tensor, place) => [tensor, place]));
  const plain = (_: string, value: unknown) => {
    if (typeof value === "bigint") return Number(value);
    return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>, Number) : value;
  };
  return order.map(({ op, inputs, attributes }) => [
    op,
    inputs.map((one) => places.get(one)),
    JSON.stringify(attributes, plain),
  ]);
}
