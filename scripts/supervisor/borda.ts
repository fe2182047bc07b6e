import { join } from "node:path";
import { migrate } from "@borda/database";
import { Refusal } from "../bootstrap/checkout.mjs";
import { ensureFirstAdmin, type FirstAdmin } from "./first-admin";
import { type Home, openHome } from "./home";
import { type Log, openLog } from "./log";
import type { Options } from "./options";
import { requirePorts } from "./ports";
import { keepPostgres, type Postgres } from "./postgres";
import { openProcesses, type Processes } from "./processes";
import { Service } from "./service";
import { environmentOf, servicesOf } from "./services";

type Say = (line: string) => void;

/** One whole Borda: Postgres, web, scorer and worker over one home. It has the lifetime of `npm start`. */
export class Borda {
  private home: Home | undefined;
  private processes: Processes | undefined;
  private postgres: Postgres | undefined;
  private services: Service[] = [];
  private logs: Log[] = [];
  private starting: Promise<FirstAdmin> | undefined;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly options: Options,
    private readonly say: Say,
  ) {}

  /** Starts everything; returns when a person can sign in. */
  start(): Promise<FirstAdmin> {
    this.starting ??= this.startInOrder();
    return this.starting;
  }

  private async startInOrder(): Promise<FirstAdmin> {
    const { options, say } = this;
    const home = await openHome(options.home);
    this.home = home;
    say(`Home: ${home.folder}`);
    this.processes = openProcesses(home.folder);
    const left = await this.processes.endLeftOver();
    if (left.length > 0) say(`Ended what an earlier start left running: ${left.join(", ")}`);
    await requirePorts(options.host, [options.port, options.port + 1]);

    const databaseUrl = await this.openDatabase(home);
    await this.step("Migrating the database", () => migrate(databaseUrl));
    const env = environmentOf(options, home, databaseUrl);
    const admin = await this.step("Looking for an admin", () => ensureFirstAdmin(options.admin, env));
    this.services = servicesOf(options, env).map((spec) => {
      const log = openLog(home.logs, spec.name, options.verbose ? say : undefined);
      this.logs.push(log);
      return new Service(spec, { log, say, changed: () => this.writeProcesses() });
    });
    await this.step("Starting web, scorer and worker", () =>
      Promise.all(this.services.map((service) => service.start())),
    );
    return admin;
  }

  /** Stops everything in order; a second call waits for the first. */
  stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  /** Ends every process at once. What was confirmed is in the database's log and comes back at the next start. */
  kill(): void {
    for (const service of this.services) service.kill();
    this.postgres?.kill();
    this.home?.release();
  }

  private async stopInOrder(): Promise<void> {
    for (const service of this.services) await service.stop();
    // A start that was under way ends at its next step; its error is the caller's.
    await this.starting?.catch(() => undefined);
    await this.postgres?.stop();
    for (const log of this.logs) log.close();
    this.processes?.forget();
    this.home?.release();
  }

  private async openDatabase(home: Home): Promise<string> {
    const { databaseUrl } = this.options;
    if (databaseUrl) {
      this.say(`Database: ${withoutPassword(databaseUrl)}`);
      return databaseUrl;
    }
    this.postgres = await this.step("Starting the embedded PostgreSQL", () =>
      keepPostgres(home, this.say, () => this.writeProcesses()),
    );
    this.writeProcesses();
    return this.postgres.url;
  }

  private writeProcesses(): void {
    this.processes?.write({
      supervisor: process.pid,
      postgres: this.postgres?.pid,
      ...Object.fromEntries(this.services.map(({ spec, pid }) => [spec.name, pid])),
    });
  }

  /** Does one step and tells what it was and how long it took; a stop asked for meanwhile ends the start here. */
  private async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.stopping) throw new Refusal("STOPPED", "Stopped before it was ready.");
    const began = performance.now();
    const result = await work();
    this.say(`${what} ... ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return result;
  }
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password) parsed.password = "***";
  return parsed.href;
}

/** Where the logs of a home are. */
export function logsOf(home: string): string {
  return join(home, "logs");
}
