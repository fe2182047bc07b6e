import { Command, InvalidArgumentError, Option } from "commander";

const JSON_OPTION = ["--json", "end with one JSON object on stdout"] as const;

/**
 * `borda` with its commands, each loaded when it is asked for: `inspect` needs no native library. Usage errors end in
 * CommanderError, everything else in the error itself.
 */
export function createProgram(): Command {
  const program = new Command("borda")
    .description("Reward models from human rankings, without a database.")
    .showHelpAfterError("(--help lists what is known)")
    .exitOverride();
  program
    .command("train")
    .description("Train a reward model on ranked completions and write its checkpoint.")
    .argument("<data...>", "files of any known format, plain or gzip")
    .option("--backbone <name>", "starter, a checkpoint's folder, or hub:ORG/NAME@REVISION")
    .option("--recipe <file>", "JSON file with fields of a recipe; the others keep their defaults")
    .option("--eval <file...>", "held-out data; left out, a stable hash of the prompt holds out 10 %")
    .option("--out <folder>", "the checkpoint's folder, which must not exist (default: borda-checkpoint-TIME)")
    .option("--seed <n>", "of order and shuffling", wholeNumber(0))
    .option("--max-steps <n>", "end after so many steps", wholeNumber(1))
    .addOption(choice("--executor <name>", "what runs the graphs", ["auto", "onnx", "tensorflow"]))
    .addOption(choice("--device <name>", "where", ["auto", "cpu", "webgpu", "cuda"]))
    .addOption(choice("--precision <type>", "of the factors of products", ["float32", "bfloat16", "bfloat16-emulated"]))
    .option(...JSON_OPTION)
    .action(async (data, flags) => (await import("./commands/train")).trainCommand(data, flags));
  program
    .command("evaluate")
    .description("Measure how well a checkpoint agrees with ranked completions.")
    .argument("<checkpoint>", "a checkpoint's folder")
    .argument("<data...>", "files of any known format, plain or gzip")
    .option(...JSON_OPTION)
    .action(async (checkpoint, data, flags) =>
      (await import("./commands/evaluate")).evaluateCommand(checkpoint, data, flags),
    );
  program
    .command("score")
    .description("Score completions: JSON Lines {prompt, completions} in, the same with scores out.")
    .argument("<checkpoint>", "a checkpoint's folder")
    .argument("[file]", "- or nothing for standard input", "-")
    .action(async (checkpoint, file) => (await import("./commands/score")).scoreCommand(checkpoint, file));
  program
    .command("inspect")
    .description("Tell what files hold: format, prompts, completions, comparisons, ties, bad rows.")
    .argument("<data...>", "files of any known format, plain or gzip")
    .option(...JSON_OPTION)
    .action(async (data, flags) => (await import("./commands/inspect")).inspectCommand(data, flags));
  program
    .command("parity")
    .description(
      "Compare the engine with reference folders that PyTorch computed; exits 1 where a figure is too far off.",
    )
    .argument("<folder...>", "folders with a reference.json, or folders of such")
    .addOption(choice("--executor <name>", "what runs the graphs", ["onnx", "tensorflow"]))
    .addOption(choice("--device <name>", "where", ["cpu", "webgpu", "cuda"]))
    .option("--weights <folder>", "the checkpoint that a reference was computed with, where it brings none")
    .option(...JSON_OPTION)
    .action(async (folders, flags) => (await import("./commands/parity")).parityCommand(folders, flags));
  program
    .command("model")
    .description("Tell what a checkpoint's folder is: architecture, sizes, which fields are honoured and refused.")
    .argument("<model>", "a folder with config.json and model.safetensors or shards, or hub:ORG/NAME@REVISION")
    .option(...JSON_OPTION)
    .action(async (model, flags) => (await import("./commands/model")).modelCommand(model, flags));
  return program;
}

/** An option of some names, the first of which is taken where none is given. */
function choice(flags: string, description: string, names: readonly [string, ...string[]]): Option {
  return new Option(flags, description).choices(names).default(names[0]);
}

function wholeNumber(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || value >= 2 ** 31)
      throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
    return value;
  };
}
