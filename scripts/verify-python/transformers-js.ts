import { existsSync } from "node:fs";
import { join } from "node:path";
import { AutoModel, AutoModelForSequenceClassification, AutoTokenizer, env, LogLevel } from "@huggingface/transformers";
import type { Checkpoint } from "./checkpoint";
import type { Scores } from "./programs";
import type { Row } from "./rows";

/** Architectures whose ...ForSequenceClassification transformers.js has; AutoModel runs the graph of any other. */
const classifiers = new Set(["bert", "distilbert", "roberta", "electra", "modernbert", "deberta-v2"]);

/**
 * The rows that fit into the model, row by row as a page would ask: transformers.js cuts a longer text at its end, where
 * the completion is.
 */
export async function scoresOfTransformersJs(checkpoint: Checkpoint, rows: readonly Row[]): Promise<Scores> {
  const { folder, opensIn, modelType, maxLength } = checkpoint;
  env.allowRemoteModels = false;
  env.logLevel = LogLevel.ERROR;
  const classifies = opensIn === "transformers" && classifiers.has(modelType);
  const external = existsSync(join(folder, "onnx", "model.onnx_data"));
  const options = { dtype: "fp32", local_files_only: true, use_external_data_format: external } as const;
  const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
  const model = await (classifies ? AutoModelForSequenceClassification : AutoModel).from_pretrained(folder, options);
  try {
    const rewards: (number | null)[] = [];
    for (const row of rows) {
      const inputs = encode(tokenizer, checkpoint, row);
      const fits = (inputs.input_ids as { dims: number[] }).dims[1]! < maxLength;
      rewards.push(fits ? Number((await model(inputs)).logits.data[0]) : null);
    }
    return {
      library: `transformers.js, ${classifies ? "…ForSequenceClassification" : "AutoModel"}`,
      rewards,
      exact: true,
    };
  } finally {
    await model.dispose();
  }
}

type Tokenizer = Awaited<ReturnType<typeof AutoTokenizer.from_pretrained>>;

function encode(tokenizer: Tokenizer, { row: kind }: Checkpoint, row: Row) {
  if (kind === "pair") return tokenizer([row.first], { text_pair: [row.completion] });
  if (kind === "text") return tokenizer([row.whole]);
  const text = tokenizer.apply_chat_template([...row.messages], { tokenize: false }) as string;
  return tokenizer([text], { add_special_tokens: false });
}
