import { parseArgs } from "node:util";
import { homeOf } from "@borda/scripts/home";
import { measureBorda } from "./borda";
import { fillAndJoin, type Load, measure, type ServerFigures } from "./measure";
import { peers, pythonOfPeers } from "./peers";
import { randomNumbers } from "./prompts";
import { report } from "./report";

const most = { prompts: 200_000, seconds: 600 } as const;

/**
 * The labeling load of issue 3 on Borda, and on Label Studio and Potato after it: `--prompts N` (20 000), `--seconds N` a
 * phase (60), `--peer-prompts N` for the peers alone (as many), `--python FILE` that has both, `--no-peers`, `--home DIR`,
 * `--json` for the figures alone. True when every promise about what Borda stores held. Everything stays on this machine.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      prompts: { type: "string", default: "20000" },
      seconds: { type: "string", default: "60" },
      "peer-prompts": { type: "string" },
      python: { type: "string" },
      "no-peers": { type: "boolean", default: false },
      home: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const prompts = Math.min(Number(values.prompts), most.prompts);
  const load: Load = {
    seconds: Math.min(Number(values.seconds), most.seconds),
    random: randomNumbers(3),
    say: (line) => process.stderr.write(`${line}\n`),
  };
  const python = values["no-peers"] ? null : await pythonOfPeers(values.python, homeOf(process.env, values.home));
  const borda = await measureBorda(prompts, load);
  const others: ServerFigures[] = [];
  for (const start of python ? peers : []) {
    const server = await start(python!);
    try {
      const filled = await fillAndJoin(server, Number(values["peer-prompts"] ?? prompts), load);
      others.push(await measure(server, filled, load));
    } finally {
      await server.close();
    }
  }
  console.log(values.json ? JSON.stringify({ borda, others }) : report(borda, others));
  return borda.broken.length === 0;
}
