import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { z } from "zod";

/** A number of things, of which there is at least one. */
export const count = z.coerce.number().int().positive();

/** What most benches are told, each where it has a use for it. */
export const common = {
  /** Of the native library. */
  threads: count.default(availableParallelism()),
  /** An interpreter that has the peers' packages; one is set up where this is left out. */
  python: z.string().optional(),
  /** Where TensorFlow, peers and models are kept; BORDA_HOME where left out. */
  home: z.string().optional(),
  /** The figures alone. */
  json: z.boolean().default(false),
};

/**
 * The words behind `npm run bench -- NAME` by a table of what each option is: `--NAME VALUE`, or `--NAME` alone where that
 * is a boolean. Throws with the option's name where there is none of it, or its value is none.
 */
export function optionsOf<S extends z.ZodRawShape>(argv: readonly string[], table: S): z.infer<z.ZodObject<S>> {
  const options = Object.entries(table).map(
    ([name, schema]) => [name, { type: isFlag(schema) ? "boolean" : "string" }] as const,
  );
  const { values } = parseArgs({ args: [...argv], options: Object.fromEntries(options) });
  const read = z.object(table).safeParse(values);
  if (read.success) return read.data;
  const [{ path, message } = { path: [], message: "" }] = read.error.issues;
  throw new Error(`--${path.join(".")}: ${message}`);
}

/** A number that is read from text would take true for 1: only what stays true is a flag. */
function isFlag(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, true).data === true;
}
