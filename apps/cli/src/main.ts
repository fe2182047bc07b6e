import { CommanderError } from "commander";
import { sentenceOf } from "./failures";
import { createProgram } from "./program";

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await createProgram().parseAsync(process.argv.slice(2), { from: "user" });
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? 0 : 2; // its message is printed already
  else {
    process.stderr.write(`borda: ${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
}
