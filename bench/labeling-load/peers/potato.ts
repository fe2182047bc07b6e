import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { freePort } from "@borda/scripts/testing";
import { z } from "zod";
import { closing } from "../../closing";
import { lastLine } from "../../program";
import type { Labeler, LabelingPage, Task } from "../labeler";
import { promptRows } from "../prompts";
import { k, type LabelingServer, overlap, type Project } from "../server";
import { type PeerProcess, startServer } from "./process";
import { type PeerVisitor, visitPeer } from "./visitor";

/** Its ranking puts fixed labels in order: the completions are shown under these letters. */
const letters = ["A", "B", "C", "D"] as const;
const scheme = "ranking";

/** A configuration is JSON, which YAML includes. */
const configuration = {
  annotation_task_name: "Load",
  task_dir: ".",
  output_annotation_dir: "annotation_output/",
  output_annotation_format: "jsonl",
  data_files: ["data/items.jsonl"],
  item_properties: { id_key: "id", text_key: "text" },
  user_config: { allow_all_users: true, users: [] },
  require_password: true,
  // One item at a time for as long as there are any: its default hands all items to the first annotator.
  assignment_strategy: "random",
  max_annotations_per_user: -1,
  num_annotators_per_item: overlap,
  site_dir: "default",
  annotation_schemes: [{ annotation_type: "ranking", name: scheme, description: "Best first.", labels: [...letters] }],
};

/** Potato as its container runs it: gunicorn with one process (its state is in memory) of eight threads; one a project. */
export async function startPotato(python: string): Promise<LabelingServer> {
  const folder = await mkdtemp(join(tmpdir(), "borda-bench-potato-"));
  const servers: PeerProcess[] = [];
  const version = await lastLine(python, [
    "-c",
    "import importlib.metadata as m; print(m.version('potato-annotation'))",
  ]);
  return {
    name: `Potato ${version}`,
    fill: async (prompts) => {
      const project = join(folder, `${servers.length}`);
      await mkdir(join(project, "data"), { recursive: true });
      await writeFile(join(project, "config.yaml"), JSON.stringify(configuration));
      await pipeline(Readable.from(itemsOf(prompts)), createWriteStream(join(project, "data", "items.jsonl")));
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const server = startServer(python, gunicornOptions(port), { folder: project, environment: quiet });
      servers.push(server);
      await server.untilAnswers(`${url}/health`);
      return projectOf(url, join(project, "annotation_output"));
    },
    close: closing(async () => {
      for (const server of servers) await server.stop();
      await rm(folder, { recursive: true, force: true });
    }),
  };
}

const quiet = { POTATO_NONINTERACTIVE: "1" };

function gunicornOptions(port: number): string[] {
  const options = ["--bind", `127.0.0.1:${port}`, "--workers", "1", "--threads", "8", "--timeout", "120"];
  return ["-m", "gunicorn", ...options, "potato.flask_server:create_app('config.yaml')"];
}

function* itemsOf(prompts: number): Generator<string> {
  let number = 0;
  for (const { prompt, completions } of promptRows(prompts, k)) {
    const shown = completions.map(({ text }, index) => `${letters[index]}: ${text}`);
    yield `${JSON.stringify({ id: `prompt-${number++}`, text: [prompt, ...shown].join("\n\n") })}\n`;
  }
}

function projectOf(url: string, output: string): Project {
  return {
    async join(count) {
      const labelers: Labeler[] = [];
      for (let number = 1; number <= count; number++) {
        const visitor = visitPeer(url);
        await visitor.ask("/register", { form: { email: `labeler-${number}`, pass: "labels-all-day" } });
        labelers.push(labelerOf(url, visitor));
      }
      return labelers;
    },
    async rankingCounts() {
      const counts = new Map<string, number>();
      const people = (await readdir(output)).filter((name) => name.startsWith("labeler-"));
      for (const person of people) {
        for (const id of await rankedIn(join(output, person, "user_state.json")))
          counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      return [...counts.values()];
    },
  };
}

const State = z.object({ instance_id_to_label_to_value: z.record(z.string(), z.array(z.unknown())) });

/** The items that one annotator's state holds a ranking of. */
async function rankedIn(path: string): Promise<string[]> {
  const { instance_id_to_label_to_value: labels } = State.parse(JSON.parse(await readFile(path, "utf8")));
  return Object.entries(labels).flatMap(([id, values]) => (values.length > 0 ? [id] : []));
}

/** What its page does for Next: it stores the order, asks to move on, and loads the page that it is moved to. */
function labelerOf(url: string, visitor: PeerVisitor): Labeler {
  let inHand: string | null = null;
  return {
    async next(): Promise<Task | null> {
      if (inHand !== null) {
        const json = { action: "next_instance", instance_id: inHand };
        await visitor.ask("/annotate", { json, headers: { "x-potato-navigation": "1" } });
      }
      const { text } = await visitor.ask("/annotate");
      const id = /<input[^>]*id="instance_id"[^>]*value="([^"]*)"/.exec(text)?.[1];
      if (!id || id === inHand) return null;
      inHand = id;
      return { id, completionIds: letters };
    },
    async submit({ id }, tiers) {
      const annotations = { [`${scheme}:rank_order`]: tiers.flat().join(",") };
      await visitor.ask("/updateinstance", {
        json: { instance_id: id, annotations, cleared_schemas: [], span_annotations: [] },
      });
    },
    get page(): LabelingPage {
      return { url: `${url}/annotate`, cookie: visitor.cookie(), ready: `document.querySelector(".ranking-item")` };
    },
  };
}
