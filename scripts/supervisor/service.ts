import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Refusal } from "../bootstrap/checkout.mjs";
import { createBackoff } from "./backoff";
import type { Log } from "./log";

/** A program that is to run as long as Borda does. */
export interface ServiceSpec {
  readonly name: string;
  /** Arguments of node. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once it can work; absent: it is ready when it says so over IPC ("ready"). */
  readonly readyUrl?: string;
  /** How long it may take to finish its work when asked to stop. */
  readonly graceSeconds: number;
}

export interface ServiceHooks {
  readonly log: Log;
  readonly say: (line: string) => void;
  /** A process came or went: what is running is to be written down. */
  readonly changed: () => void;
}

const readyWithinSeconds = 90;
const attemptsAtStart = 3;
const pollMilliseconds = 50;

/** Keeps one program running: starts it, starts it again when it ends by itself, stops it. */
export class Service {
  private child: ChildProcess | undefined;
  private stopping = false;
  private startedAt = 0;
  private readonly backoff = createBackoff();

  constructor(
    readonly spec: ServiceSpec,
    private readonly hooks: ServiceHooks,
  ) {}

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it and waits until it can work. Throws Refusal with its last lines when it cannot. */
  async start(): Promise<void> {
    this.spawn();
    const deadline = Date.now() + readyWithinSeconds * 1000;
    while (!(await this.isReady())) {
      if (this.stopping) return;
      if (this.backoff.failures >= attemptsAtStart || Date.now() > deadline) throw this.didNotStart();
      await pause(pollMilliseconds);
    }
  }

  /** Asks it to finish its work and end; ends it after its grace. Nothing of its process group remains. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (!child || !isRunning(child)) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => this.kill(), this.spec.graceSeconds * 1000);
    await ended;
    clearTimeout(timer);
    this.kill();
  }

  /** Ends it at once, with everything it started. */
  kill(): void {
    this.stopping = true;
    if (this.child?.pid !== undefined) killGroup(this.child.pid);
  }

  private readySaid = false;

  private spawn(): void {
    const { args, cwd, env } = this.spec;
    this.readySaid = false;
    this.startedAt = Date.now();
    const child = spawn(process.execPath, ["--import", new URL("./leash.mjs", import.meta.url).href, ...args], {
      cwd,
      env: { ...env },
      // Its own process group: Ctrl-C at the terminal reaches the supervisor alone, which stops in order.
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.child = child;
    if (child.stdout) this.hooks.log.follow(child.stdout);
    if (child.stderr) this.hooks.log.follow(child.stderr);
    child.on("message", (message) => {
      if (message === "ready") this.readySaid = true;
    });
    child.on("exit", (code, signal) => void this.ended(child, signal ?? `code ${code}`));
    child.on("error", (error) => this.hooks.say(`${this.spec.name}: ${error.message}`));
    this.hooks.changed();
  }

  private async ended(child: ChildProcess, how: string): Promise<void> {
    if (child.pid !== undefined) killGroup(child.pid);
    this.hooks.changed();
    if (this.stopping) return;
    const wait = this.backoff.next(Date.now() - this.startedAt);
    this.hooks.say(
      `${this.spec.name} ended (${how}); starting it again in ${wait / 1000} s. Log: ${this.hooks.log.path}`,
    );
    // This timer keeps the supervisor alive: when every program is killed at once, nothing else would.
    await pause(wait);
    if (!this.stopping) this.spawn();
  }

  private async isReady(): Promise<boolean> {
    const { readyUrl } = this.spec;
    if (readyUrl === undefined) return this.readySaid;
    try {
      const reply = await fetch(readyUrl, { signal: AbortSignal.timeout(5000), redirect: "manual" });
      await reply.body?.cancel();
      return reply.status < 400;
    } catch {
      // Nobody listens yet.
      return false;
    }
  }

  private didNotStart(): Refusal {
    const lines = this.hooks.log.last().map((line) => `  ${line}`);
    return new Refusal(
      "SERVICE_FAILED",
      [`${this.spec.name} did not start; its log is ${this.hooks.log.path} and ends with:`, ...lines].join("\n"),
    );
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Ends a process and whatever it started and left in its group. */
function killGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
