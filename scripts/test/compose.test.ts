import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { checkout } from "../bootstrap/checkout.mjs";
import { imageEnvironment, stages } from "./dockerfile";

const read = (path: string) => readFileSync(join(checkout, path), "utf8");
const Service = z.object({
  image: z.string(),
  build: z.object({ context: z.literal("."), target: z.string() }).optional(),
  profiles: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  deploy: z.object({ resources: z.object({ reservations: z.object({ devices: z.array(z.unknown()) }) }) }).optional(),
});
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) });
const { services, volumes } = Compose.parse(parse(read("docker-compose.yml"), { merge: true }));
const service = (name: string) => Service.parse(services[name]);

type Variables = Readonly<Record<string, string | undefined>>;
type Known = Readonly<Record<string, unknown>>;
/** A program's own env.ts, by its path: this test looks at all of the repository, and depends on none of its packages. */
const environmentOf = <Module>(app: string) => import(join(checkout, "apps", app, "src/env.ts")) as Promise<Module>;
const { readEnv } = await environmentOf<{ readEnv(of: Variables): Known }>("scorer");
const { readEnvironment } = await environmentOf<{ readEnvironment(of: Variables): Known }>("worker");

const programs = ["web", "scorer", "worker", "worker-gpu"];

describe("docker-compose.yml", () => {
  it("has Postgres, Redis, a one-shot that migrates, the three programs of one image, and a worker for a GPU", () => {
    expect(Object.keys(services).sort()).toEqual(["migrate", "postgres", "redis", ...programs].sort());
    for (const name of ["migrate", "web", "scorer", "worker"])
      expect(service(name)).toMatchObject({ image: "borda", build: { target: "borda" } });
  });

  it("gives no secret a default: each is asked for, with how to make it", () => {
    const secret = /PASSWORD|SECRET|TOKEN|AUTH/;
    const values = Object.values(services).flatMap(({ environment }) => Object.entries(environment));
    const secrets = values.filter(([name, value]) => secret.test(name) || secret.test(value));
    expect(secrets.length).toBeGreaterThan(5);
    // The hub's is for those who want it, and is nobody's key to Borda.
    for (const [name, value] of secrets.filter(([name]) => name !== "HF_TOKEN"))
      expect(`${name}=${value}`).toMatch(/\$\{[A-Z_]+:\?[^}]+\}/);
  });

  it("starts the programs when the database is migrated and whoever they need is healthy", () => {
    for (const name of programs) {
      expect(service(name).depends_on).toEqual({
        migrate: { condition: "service_completed_successfully" },
        postgres: { condition: "service_healthy" },
        redis: { condition: "service_healthy" },
      });
    }
  });

  it("asks everybody that stays for its health", () => {
    for (const [name, { healthcheck }] of Object.entries(services))
      expect([name, healthcheck !== undefined]).toEqual([name, name !== "migrate"]);
  });

  it("keeps what must last in volumes of a name, and Borda's in one", () => {
    const mounted = Object.values(services).flatMap(({ volumes: own = [] }) => own.map((mount) => mount.split(":")[0]));
    expect(Object.keys(volumes).sort()).toEqual([...new Set(mounted)].sort());
    for (const name of [...programs, "migrate"]) {
      expect(service(name).volumes).toEqual(["borda:/data"]);
      expect(imageEnvironment(service(name).build?.target ?? "").BORDA_HOME).toBe("/data");
    }
  });

  it("runs files that are there once the image is built", () => {
    for (const name of [...programs, "migrate"]) {
      const [node, file = ""] = service(name).command ?? [];
      expect(node).toBe("node");
      const [, folder, entry] = /^(apps\/\w+)\/dist\/(\w+)\.js$/.exec(file) ?? [];
      if (folder) expect(JSON.parse(read(`${folder}/package.json`)).scripts.build).toContain(`src/${entry}.ts`);
      else expect([file, existsSync(join(checkout, file))]).toEqual([file, true]);
    }
  });

  it("publishes and asks the ports that the programs listen on", () => {
    const { command = [], ports, healthcheck } = service("web");
    const port = command[command.indexOf("--port") + 1];
    expect(ports).toEqual([`\${BORDA_WEB_PORT:-3000}:${port}`]);
    expect(healthcheck?.test.at(-1)).toBe(`http://127.0.0.1:${port}/api/healthz`);
    const scorer = readEnv({ ...imageEnvironment("borda"), ...given("scorer") });
    expect(scorer.HOST).toBe("0.0.0.0");
    expect(service("scorer").ports).toEqual([`\${BORDA_SCORER_PORT:-3001}:${scorer.PORT}`]);
    expect(service("scorer").healthcheck?.test.at(-1)).toBe(`http://127.0.0.1:${scorer.PORT}/readyz`);
    expect(service("web").environment.BORDA_SCORER_URL).toBe(`http://scorer:${scorer.PORT}`);
    expect(stages.at(-1)?.lines).toContain(`EXPOSE ${port} ${scorer.PORT}`);
  });

  it("finds every variable that it asks for in .env.example", () => {
    const asked = [...read("docker-compose.yml").matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name);
    const offered = [...read(".env.example").matchAll(/^([A-Z_]+)=$/gm)].map(([, name]) => name);
    expect([...new Set(asked)].sort()).toEqual(offered.sort());
  });

  it("reserves a GPU for the worker of the profile gpu, and for nobody else", () => {
    const { profiles, build, image, deploy, command } = service("worker-gpu");
    expect({ profiles, build, image }).toEqual({
      profiles: ["gpu"],
      build: { context: ".", target: "gpu" },
      image: "borda-gpu",
    });
    expect(command).toEqual(service("worker").command);
    const device = { driver: "nvidia", count: 1, capabilities: ["gpu"] };
    expect(deploy?.resources.reservations.devices).toEqual([device]);
    const others = Object.entries(services).filter(([name]) => name !== "worker-gpu");
    for (const [, { profiles, deploy }] of others) expect({ profiles, deploy }).toEqual({});
  });
});

/** What a service is given, with what a person would fill in. */
function given(name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service(name).environment).map(([variable, value]) => [
      variable,
      value.replace(/\$\{([A-Z_]+):[-?]([^}]*)\}/g, (_, asked: string) => filled(asked)),
    ]),
  );
}

function filled(variable: string): string {
  if (/_URL$|_ENDPOINT$/.test(variable)) return "https://borda.example.org";
  if (variable === "LOG_LEVEL") return "info";
  if (variable === "BORDA_SCORER_PRECISION") return "int8";
  if (/_(THREADS|CHECKPOINTS|RATE|BYTES)$/.test(variable)) return "7";
  return variable === "BORDA_ADMIN_EMAIL" ? "ada@example.org" : "0123456789abcdef0123456789abcdef";
}

describe("each program is given what its environment's schema reads, and no more:", () => {
  afterEach(() => vi.unstubAllEnvs());
  const names = (name: string) => Object.keys(service(name).environment);

  it("scorer", () => {
    const known = readEnv({ ...imageEnvironment("borda"), ...given("scorer") });
    expect(Object.keys(known)).toEqual(expect.arrayContaining(names("scorer")));
    expect(known).toMatchObject({ BORDA_SCORER_PRECISION: "int8", BORDA_SCORER_THREADS: 7 });
  });
  it.each([
    ["worker", "borda"],
    ["worker-gpu", "gpu"],
  ])("%s", (name, target) => {
    const known = readEnvironment({ ...imageEnvironment(target), ...given(name) });
    expect(Object.keys(known)).toEqual(expect.arrayContaining(names(name)));
    expect(known.BORDA_TENSORFLOW_HOME).toBe(target === "gpu" ? "/opt/borda" : undefined);
  });
  it.each(["web", "migrate"])("%s", async (name) => {
    for (const [variable, value] of Object.entries({ ...imageEnvironment("borda"), ...given(name) }))
      vi.stubEnv(variable, value);
    vi.resetModules();
    const { env } = await environmentOf<{ env(): Known }>("web");
    expect(Object.keys(env())).toEqual(expect.arrayContaining(names(name)));
  });
});
