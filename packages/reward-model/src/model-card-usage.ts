import type { CheckpointInfo } from "./checkpoint-info";

/** The part of a model card that shows how each library gives the checkpoint's rewards. */
export function usage(info: CheckpointInfo, name: string): string {
  return [row(info), borda(name), python[info.opensIn](info, name), onnxruntime(info, name), transformersJs(info, name)]
    .filter((part) => part !== "")
    .join("\n\n");
}

const rows = {
  pair: "the prompt and the completion as a pair of texts",
  chat: "the conversation with the completion as the assistant's last turn, by the tokenizer's chat template",
  text: "the prompt, an empty line and the completion, as one text",
} as const;

function row({ row, maxLength }: CheckpointInfo): string {
  return `A row is ${rows[row]}, of at most ${maxLength} tokens: a longer prompt loses its beginning, by the same cut for
every completion of it. A prompt that is a chat reads \`User: …\`, \`Assistant: …\`, an empty line apart, where there is no
chat template. The reward is a raw number, comparable between completions of one prompt; sigmoid(difference) is the
probability that one is preferred to the other.`;
}

function borda(name: string): string {
  return `With Borda: \`npm run -s borda -- score ${name} FILE\`, where a line of FILE is \`{"prompt": ..., "completions": [...]}\`.
\`npm run -s verify:python -- ${name}\` compares what follows with it, on this machine.`;
}

/** How a row's text or pair is made in Python; the same for every library. */
const pythonRow = {
  pair: "tokenizer(prompts, completions, padding=True, return_tensors=KIND)",
  chat: `tokenizer.apply_chat_template(
    [[{"role": "user", "content": p}, {"role": "assistant", "content": c}] for p, c in zip(prompts, completions)],
    padding=True, return_dict=True, return_tensors=KIND)`,
  text: `tokenizer([f"{p}\\n\\n{c}" for p, c in zip(prompts, completions)], padding=True, return_tensors=KIND)`,
} as const;

const inputs = ({ row }: CheckpointInfo, kind: "pt" | "np") => pythonRow[row].replace("KIND", `"${kind}"`);

const python: Record<CheckpointInfo["opensIn"], (info: CheckpointInfo, name: string) => string> = {
  transformers: (info, name) => `In Python, by transformers (and what builds on it: TRL, OpenRLHF, vLLM):

\`\`\`python
from transformers import AutoModelForSequenceClassification, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("${name}")
model = AutoModelForSequenceClassification.from_pretrained("${name}").eval()
rewards = model(**${inputs(info, "pt")}).logits[:, 0]
\`\`\``,
  "sentence-transformers": (
    info,
    name,
  ) => `In Python, by sentence-transformers, whose vector of one number is the reward:

\`\`\`python
from sentence_transformers import SentenceTransformer
model = SentenceTransformer("${name}")
rewards = model.encode(${encoded(info)})[:, 0]
\`\`\``,
  onnxruntime: (info) => `${lacking(info)}: in Python, onnxruntime runs it as below, with AutoTokenizer for the ids.`,
};

/** What keeps transformers and sentence-transformers from a checkpoint. */
function lacking({ pooling, modelType }: CheckpointInfo): string {
  return pooling === "completion"
    ? "No library of Python has this pooling, the mean over the completion's tokens"
    : `transformers has no architecture ${modelType}`;
}

function encoded({ row }: CheckpointInfo): string {
  if (row === "pair") return "list(zip(prompts, completions))";
  if (row === "text") return '[f"{p}\\n\\n{c}" for p, c in zip(prompts, completions)]';
  return `[model.tokenizer.apply_chat_template(
    [{"role": "user", "content": p}, {"role": "assistant", "content": c}], tokenize=False)
    for p, c in zip(prompts, completions)]`;
}

function onnxruntime(info: CheckpointInfo, name: string): string {
  return `With onnxruntime, in any language: \`onnx/model.onnx\` goes from \`input_ids\`, \`attention_mask\` (and
\`token_type_ids\` where it lists them; int64 [n, t] each) to \`logits\` (float32 [n, 1]), which are the rewards.
\`onnx/model_quantized.onnx\` is the same in int8: smaller, and its rewards are near these and not equal.

\`\`\`python
import onnxruntime
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("${name}")
session = onnxruntime.InferenceSession("${name}/onnx/model.onnx")
batch = ${inputs(info, "np")}
rewards = session.run(["logits"], {i.name: batch[i.name] for i in session.get_inputs()})[0][:, 0]
\`\`\``;
}

/** Architectures whose ...ForSequenceClassification transformers.js has. */
const classifiers = new Set(["bert", "distilbert", "roberta", "electra", "modernbert", "deberta-v2"]);

const jsRow = {
  pair: "tokenizer([prompt], { text_pair: [completion] })",
  chat: `tokenizer.apply_chat_template(
  [{ role: "user", content: prompt }, { role: "assistant", content: completion }], { return_dict: true })`,
  text: 'tokenizer([prompt + "\\n\\n" + completion])',
} as const;

function transformersJs({ opensIn, modelType, row, files }: CheckpointInfo, name: string): string {
  const known = opensIn === "transformers" && classifiers.has(modelType);
  const auto = known ? "AutoModelForSequenceClassification" : "AutoModel";
  const external = "onnx/model.onnx_data" in files ? ", use_external_data_format: true" : "";
  const warning = known ? "" : " (which may warn that it does not know the architecture; it needs not)";
  return `In JavaScript, by transformers.js${warning}:

\`\`\`js
import { ${auto}, AutoTokenizer } from "@huggingface/transformers";
const tokenizer = await AutoTokenizer.from_pretrained("${name}");
const model = await ${auto}.from_pretrained("${name}", { dtype: "fp32"${external} });
const { logits } = await model(${jsRow[row]}); // raw; a pipeline would squash them
\`\`\``;
}
