import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this checkout. */
export const checkout = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** One line of what is being done, for the person at the terminal. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Something a person can mend: ends the command with its one sentence, without a stack. */
export class Refusal extends Error {
  /**
   * @param {string} code stable name of the cause
   * @param {string} message one sentence that names the cause and the remedy
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = "Refusal";
    this.code = code;
  }
}

/**
 * Runs a command; what a person can mend ends it with one sentence, anything else with its stack. Exit code 1 for both.
 * @param {() => Promise<void>} command
 */
export async function runCommand(command) {
  try {
    await command();
  } catch (error) {
    if (error instanceof Error && error.name === "Refusal") say(error.message);
    else console.error(error);
    process.exit(1);
  }
}
