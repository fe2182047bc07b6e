import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { CheckpointRef } from "./open-checkpoints";

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  request(code: string, status: number, seconds: number): void;
  batch(batch: { completions: number; seconds: number }): void;
  switched(): void;
  crashed(): void;
}

/** What is asked for at each scrape. */
export interface Observed {
  waiting(): number;
  served(): readonly CheckpointRef[];
  open(): readonly CheckpointRef[];
}

/** Prometheus metrics of one scorer. */
export function createMetrics(observed: Observed): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "borda_scorer_requests_total",
    help: "Requests for scores, by outcome.",
    labelNames: ["code", "status"],
    registers,
  });
  const requestSeconds = new Histogram({
    name: "borda_scorer_request_seconds",
    help: "Time from a request's arrival to its reply.",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const batchCompletions = new Histogram({
    name: "borda_scorer_batch_completions",
    help: "Completions scored in one batch.",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const batchSeconds = new Histogram({
    name: "borda_scorer_batch_seconds",
    help: "Time one batch takes in its thread.",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const switches = new Counter({
    name: "borda_scorer_checkpoint_switches_total",
    help: "How often a newly published checkpoint took over.",
    registers,
  });
  const crashes = new Counter({
    name: "borda_scorer_thread_crashes_total",
    help: "Inference threads that died and were replaced.",
    registers,
  });
  new Gauge({
    name: "borda_scorer_queue_depth",
    help: "Prompts whose completions wait for a batch.",
    registers,
    collect() {
      this.set(observed.waiting());
    },
  });
  new Gauge({
    name: "borda_scorer_open_checkpoints",
    help: "Checkpoints whose sessions stand in memory.",
    registers,
    collect() {
      this.set(observed.open().length);
    },
  });
  new Gauge({
    name: "borda_scorer_checkpoint_info",
    help: "1 for the checkpoint that a project serves.",
    labelNames: ["project", "checkpoint"],
    registers,
    collect() {
      this.reset();
      for (const { projectId, id } of observed.served()) this.set({ project: projectId, checkpoint: id }, 1);
    },
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    request(code, status, seconds) {
      requests.inc({ code, status });
      requestSeconds.observe(seconds);
    },
    batch({ completions, seconds }) {
      batchCompletions.observe(completions);
      batchSeconds.observe(seconds);
    },
    switched: () => switches.inc(),
    crashed: () => crashes.inc(),
  };
}
