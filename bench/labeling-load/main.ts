import { homeOf } from "@borda/scripts/home";
import { z } from "zod";
import { common, count, optionsOf } from "../options";
import { measureBorda } from "./borda";
import { fillAndJoin, type Load, measure, type ServerFigures } from "./measure";
import { peers, pythonOfPeers } from "./peers";
import { randomNumbers } from "./prompts";
import { report } from "./report";

const { python, home, json } = common;
const table = {
  prompts: count.default(20_000),
  seconds: count.default(60),
  "peer-prompts": count.optional(),
  "no-peers": z.boolean().default(false),
  ...{ python, home, json },
};
const most = { prompts: 200_000, seconds: 600 } as const;

/**
 * The labeling load of issue 3 on Borda, and on Label Studio and Potato after it: `--prompts N` (20 000), `--seconds N` a
 * phase (60), `--peer-prompts N` for the peers alone (as many), `--python FILE` that has both, `--no-peers`, `--home DIR`,
 * `--json` for the figures alone. True when every promise about what Borda stores held. Everything stays on this machine.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, table);
  const prompts = Math.min(options.prompts, most.prompts);
  const load: Load = {
    seconds: Math.min(options.seconds, most.seconds),
    random: randomNumbers(3),
    say: (line) => process.stderr.write(`${line}\n`),
  };
  const python = options["no-peers"] ? null : await pythonOfPeers(options.python, homeOf(process.env, options.home));
  const borda = await measureBorda(prompts, load);
  const others: ServerFigures[] = [];
  for (const start of python ? peers : []) {
    const server = await start(python!);
    try {
      const filled = await fillAndJoin(server, options["peer-prompts"] ?? prompts, load);
      others.push(await measure(server, filled, load));
    } finally {
      await server.close();
    }
  }
  console.log(options.json ? JSON.stringify({ borda, others }) : report(borda, others));
  return borda.broken.length === 0;
}
