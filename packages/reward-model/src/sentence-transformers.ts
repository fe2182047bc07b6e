import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Weights, writeSafetensors } from "@borda/transformer";
import { HEAD_BIAS, HEAD_WEIGHT } from "./model";

/** sentence-transformers' names of the poolings. */
const modes = {
  mean: "pooling_mode_mean_tokens",
  last: "pooling_mode_lasttoken",
  cls: "pooling_mode_cls_token",
} as const;

/**
 * The modules that sentence-transformers reads beside the weights: Transformer, Pooling, Dense to one number without
 * activation. Its `encode` then gives the reward.
 */
export async function writeSentenceTransformersModules(
  folder: string,
  weights: Weights,
  { maxLength, pooling }: { readonly maxLength: number; readonly pooling: keyof typeof modes },
): Promise<void> {
  const write = (path: string, content: unknown) =>
    writeFile(join(folder, path), `${JSON.stringify(content, null, 2)}\n`);
  const width = weights.get(HEAD_WEIGHT)!.data.length;
  await mkdir(join(folder, "1_Pooling"));
  await mkdir(join(folder, "2_Dense"));
  await write("modules.json", [
    { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
    { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
    { idx: 2, name: "2", path: "2_Dense", type: "sentence_transformers.models.Dense" },
  ]);
  await write("sentence_bert_config.json", { max_seq_length: maxLength, do_lower_case: false });
  const chosen = Object.fromEntries(Object.entries(modes).map(([each, field]) => [field, each === pooling]));
  await write("1_Pooling/config.json", { word_embedding_dimension: width, ...chosen, include_prompt: true });
  await write("2_Dense/config.json", {
    in_features: width,
    out_features: 1,
    bias: true,
    activation_function: "torch.nn.modules.linear.Identity",
  });
  await writeSafetensors(
    join(folder, "2_Dense/model.safetensors"),
    new Map([
      ["linear.weight", weights.get(HEAD_WEIGHT)!],
      ["linear.bias", weights.get(HEAD_BIAS)!],
    ]),
  );
}
