import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { accountFor } from "../src/embedded/account";

// Who is not root starts PostgreSQL as himself: to him this asks no more than whether he may run his own file.
test("PostgreSQL's account may run a program below a folder that only its owner may enter, and is told so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "borda-private-")); // mode 0700
  try {
    const program = join(folder, "program");
    await writeFile(program, "#!/bin/sh\necho it ran\n");
    await chmod(program, 0o755);
    const account = await accountFor([program]);
    const run = async (file: string, words: readonly string[]) => {
      const { file: command, args, ids } = account.command(file, words);
      return (await promisify(execFile)(command, [...args], { ...ids, cwd: "/" })).stdout;
    };
    expect(await run(program, [])).toBe("it ran\n");
    const ask =
      "const fs = require('node:fs'); fs.accessSync(process.argv[1], fs.constants.X_OK); console.log(process.getuid())";
    expect(Number(await run(process.execPath, ["-e", ask, program]))).toBe(account.ids?.uid ?? process.getuid?.());
  } finally {
    await rm(folder, { recursive: true });
  }
});
