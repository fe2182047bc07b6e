import { describeModel, type ModelDescription, UnsupportedConfig } from "@borda/reward-model";
import { modelFolder } from "../model-folder";
import { print } from "../output";

/** Tells what a checkpoint is, or every field of its config.json that is refused, and then exits 1. */
export async function modelCommand(model: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { folder } = await modelFolder(model);
  try {
    const description = await describeModel(folder);
    if (json) print(JSON.stringify({ ...description, refused: [] }));
    else printDescription(description);
  } catch (error) {
    if (!(error instanceof UnsupportedConfig)) throw error;
    if (json) print(JSON.stringify({ folder, refused: error.refused }));
    else {
      print(`${folder} cannot be used: its config.json asks for what Borda cannot honour.`);
      for (const { field, problem } of error.refused) print(`  refused      ${field || "the file"}: ${problem}`);
    }
    process.exitCode = 1;
  }
}

function printDescription(model: ModelDescription): void {
  const honoured = Object.entries(model.honoured).map(([field, value]) => `${field} ${JSON.stringify(value)}`);
  print(`${model.folder}
  architecture ${model.modelType}
  sizes        ${model.parameters} weights, ${mebibytes(model.bytes)} of ${model.dtypes.join(", ")}; hidden states of ${model.hiddenSize}, rows of up to ${model.maxLength} tokens
  training     needs ${mebibytes(model.trainingBytes)} for weights, gradients and moments, and activations beside
  tokenizer    ${model.tokenizer ? "tokenizer.json" : "none: add a tokenizer.json before training"}
  head         ${list(model.head)}
  honoured     ${list(honoured)}
${withoutEffect(model)}
  left out     ${list(model.leftOut)}
  refused      none`);
}

/** One line a reason, which several fields may share. */
function withoutEffect(model: ModelDescription): string {
  const fieldsBy = new Map<string, string[]>();
  for (const [field, reason] of Object.entries(model.withoutEffect))
    fieldsBy.set(reason, [...(fieldsBy.get(reason) ?? []), field]);
  const lines = [...fieldsBy].map(([reason, fields]) => `${fields.join(", ")}: ${reason}`);
  return (lines.length === 0 ? ["none"] : lines).map((line) => `  no effect    ${line}`).join("\n");
}

const list = (entries: readonly string[]) => (entries.length === 0 ? "none" : entries.join(", "));

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
