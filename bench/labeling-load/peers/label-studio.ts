import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmbeddedPostgres } from "@borda/database";
import { freePort } from "@borda/scripts/testing";
import { z } from "zod";
import { closing } from "../../closing";
import { lastLine } from "../../program";
import { Refused } from "../../session";
import type { Labeler, LabelingPage, Task } from "../labeler";
import { promptRows } from "../prompts";
import { k, type LabelingServer, overlap, type Project } from "../server";
import { peerEnvironment, startServer } from "./process";
import { type PeerVisitor, visitPeer } from "./visitor";

/** Its own example of a ranking task: a list that is put in order. */
const labelConfig = `<View>
  <Text name="prompt" value="$prompt"/>
  <List name="completions" value="$completions"/>
  <Ranker name="rank" toName="completions"/>
</View>`;

const password = "labels-all-day";
/** Tasks a request of the import: what is well within the two minutes that its uwsgi grants one. */
const importBatch = 1000;

/** Label Studio as its container runs it: uwsgi with two processes a core, on PostgreSQL. */
export async function startLabelStudio(python: string): Promise<LabelingServer> {
  const folder = await mkdtemp(join(tmpdir(), "borda-bench-label-studio-"));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  const stop = closing(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });
  try {
    const where = "import importlib.util, os; print(os.path.dirname(importlib.util.find_spec('label_studio').origin))";
    const code = await lastLine(python, ["-c", where]);
    const version = await lastLine(python, ["-c", "import importlib.metadata as m; print(m.version('label-studio'))"]);
    const environment = environmentOf(postgres.url, folder);
    await lastLine(python, [join(code, "manage.py"), "locked_migrate", "-v", "0"], peerEnvironment(environment));
    const port = await freePort();
    const server = startServer(join(dirname(python), "uwsgi"), uwsgiOptions(code, port), { folder, environment });
    const url = `http://127.0.0.1:${port}`;
    try {
      await server.untilAnswers(`${url}/health`);
      const admin = await signUp(url, "admin@example.org");
      return {
        name: `Label Studio ${version}`,
        fill: (prompts) => fill(url, admin, prompts),
        async close() {
          await server.stop();
          await stop();
        },
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

function environmentOf(databaseUrl: string, folder: string): Record<string, string> {
  const { username, password: secret, hostname, port, pathname } = new URL(databaseUrl);
  return {
    DJANGO_SETTINGS_MODULE: "core.settings.label_studio",
    DJANGO_DB: "default",
    POSTGRE_USER: username,
    POSTGRE_PASSWORD: decodeURIComponent(secret),
    POSTGRE_HOST: hostname,
    POSTGRE_PORT: port,
    POSTGRE_NAME: pathname.slice(1),
    LABEL_STUDIO_BASE_DATA_DIR: join(folder, "data"),
    APP_WEBSERVER: "uwsgi",
    COLLECT_ANALYTICS: "0",
    LATEST_VERSION_CHECK: "0",
    SENTRY_DSN: "",
    FRONTEND_SENTRY_DSN: "",
  };
}

/** The options of the uwsgi.ini that its container carries, as far as they bear on load; all processes run from the start. */
function uwsgiOptions(code: string, port: number): string[] {
  return [
    ...["--http", `127.0.0.1:${port}`, "--chdir", code, "--module", "core.wsgi:application"],
    ...["--master", "--single-interpreter", "--processes", `${2 * availableParallelism()}`, "--threads", "1"],
    ...["--need-app", "--lazy-apps", "--enable-threads", "--thunder-lock", "--die-on-term", "--disable-logging"],
    ...["--buffer-size", "65535", "--post-buffering", "4096", "--http-timeout", "300", "--harakiri", "120"],
    ...["--max-requests", "5000", "--reload-on-rss", "2048", "--http-keepalive"],
  ];
}

/** A new person by the sign-up form; the first one founds the organisation, and the others join it. */
async function signUp(url: string, email: string): Promise<PeerVisitor> {
  const visitor = visitPeer(url);
  await visitor.ask("/user/signup/");
  const csrfmiddlewaretoken = visitor.cookieOf("csrftoken") ?? "";
  const { status, text } = await visitor.ask("/user/signup/", { form: { email, password, csrfmiddlewaretoken } });
  if (status !== 302) throw new Error(`Label Studio did not sign ${email} up: ${text.slice(0, 2000)}`);
  return visitor;
}

async function fill(url: string, admin: PeerVisitor, prompts: number): Promise<Project> {
  const settings = {
    title: `${prompts} prompts`,
    label_config: labelConfig,
    maximum_annotations: overlap,
    sampling: "Sequential sampling",
  };
  const { id } = z.object({ id: z.number() }).parse(await jsonOf(admin, "/api/projects/", settings));
  let batch: unknown[] = [];
  const send = async () => {
    await jsonOf(admin, `/api/projects/${id}/import`, batch);
    batch = [];
  };
  for (const { prompt, completions } of promptRows(prompts, k)) {
    const list = completions.map(({ text }, index) => ({ id: `${prompt.split(":")[0]}, ${index}`, body: text }));
    batch.push({ prompt, completions: list });
    if (batch.length === importBatch) await send();
  }
  if (batch.length > 0) await send();
  return {
    async join(count) {
      const labelers: Labeler[] = [];
      for (let number = 1; number <= count; number++) {
        labelers.push(labelerOf(url, id, await signUp(url, `labeler-${number}@project-${id}.example.org`)));
      }
      return labelers;
    },
    async rankingCounts() {
      const path = `/api/projects/${id}/export?exportType=JSON`;
      const Exported = z.array(z.object({ annotations: z.array(z.unknown()) }));
      const { text } = await admin.ask(path);
      return Exported.parse(JSON.parse(text)).map(({ annotations }) => annotations.length);
    },
  };
}

const NextTask = z.object({
  id: z.number(),
  data: z.object({ completions: z.array(z.object({ id: z.string() })) }),
});

/** What its label stream asks for: the project's next task, and a new annotation of it. */
function labelerOf(url: string, projectId: number, visitor: PeerVisitor): Labeler {
  return {
    async next(): Promise<Task | null> {
      try {
        const { text } = await visitor.ask(`/api/projects/${projectId}/next`);
        const { id, data } = NextTask.parse(JSON.parse(text));
        return { id: `${id}`, completionIds: data.completions.map((completion) => completion.id) };
      } catch (error) {
        if (error instanceof Refused && error.status === 404) return null;
        throw error;
      }
    },
    async submit({ id }, tiers) {
      const value = { ranker: { rank: tiers.flat() } };
      const result = [{ id: "ranking", from_name: "rank", to_name: "completions", type: "ranker", value }];
      const annotation = { result, lead_time: 1, draft_id: 0, parent_prediction: null, parent_annotation: null };
      await visitor.ask(`/api/tasks/${id}/annotations/?project=${projectId}`, { json: annotation });
    },
    get page(): LabelingPage {
      const ready = `document.querySelector(".htx-ranker-item")`;
      return { url: `${url}/projects/${projectId}/data?labeling=1`, cookie: visitor.cookie(), ready };
    },
  };
}

async function jsonOf(visitor: PeerVisitor, path: string, json: unknown): Promise<unknown> {
  return JSON.parse((await visitor.ask(path, { json })).text);
}
