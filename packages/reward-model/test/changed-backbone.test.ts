import { rmSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "@borda/preferences";
import { readCheckpoint, readSafetensors, writeSafetensors } from "@borda/transformer";
import { beforeEach, expect, test } from "vitest";
import { RunCancelled, readCheckpointInfo, splitGroups, type TrainOptions, train } from "../src";
import { hashBackbone } from "../src/provenance";
import { kindnessGroups, newFolder, tinyBackbone, tinyRecipe } from "./tiny";

const groups = splitGroups(kindnessGroups(24), 0.25);
let folder: string;
let backbone: string;
beforeEach(async () => {
  folder = newFolder();
  backbone = await tinyBackbone(folder);
  return () => rmSync(folder, { recursive: true });
});
const place = (name: string) => join(folder, name);

/** Changes the last bits of one weight, and neither the file's size nor its header. */
async function changeBackbone(): Promise<void> {
  const path = join(backbone, "model.safetensors");
  const { tensors, metadata } = await readSafetensors(path);
  const { data } = tensors.get("encoder.layer.0.attention.query.weight")!;
  data[7]! += 1e-3;
  await writeSafetensors(path, tensors, metadata);
}

/** A training's messages. */
async function messagesOf(options: Omit<TrainOptions, "groups">): Promise<string[]> {
  const events: RunEvent[] = [];
  await train({ groups, threads: 1, ...options, onEvent: (event) => events.push(event) });
  return events.flatMap((event) => (event.type === "log" ? [event.message] : []));
}

test("weights that changed under the same path are another backbone in borda.json and in the feature cache", async () => {
  const recipe = tinyRecipe(backbone, { mode: "head" });
  const featureCache = { folder: place("features") };
  const pass = (out: string) => messagesOf({ recipe, featureCache, out: place(out) });
  const isRead = (messages: string[]) => messages.some((message) => /^Features of \d+ of/.test(message));
  expect(isRead(await pass("first"))).toBe(true);
  expect(isRead(await pass("again"))).toBe(false);
  await changeBackbone();
  expect(isRead(await pass("changed"))).toBe(true);

  const infos = await Promise.all(["first", "again", "changed"].map((out) => readCheckpointInfo(place(out))));
  const [first, again, changed] = infos.map(({ startedFromHash }) => startedFromHash);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(again).toBe(first);
  expect(changed).not.toBe(first);
  expect(new Set(infos.map(({ startedFrom }) => startedFrom))).toEqual(new Set([backbone]));
}, 60_000);

test("a saved training does not go on from weights that changed under the same path", async () => {
  const recipe = tinyRecipe(backbone);
  const broken = { groups, recipe, out: place("out"), resumeDir: place("resume"), saveEverySeconds: 0, threads: 1 };
  const cancel = new AbortController();
  const onEvent = (event: RunEvent) => void (event.type === "saved" && event.step >= 1 && cancel.abort());
  await expect(train({ ...broken, signal: cancel.signal, onEvent })).rejects.toBeInstanceOf(RunCancelled);
  await changeBackbone();
  await expect(train(broken)).rejects.toMatchObject({
    code: "WRONG_RESUME_STATE",
    message: expect.stringMatching(/backbone whose files have changed/),
  });
}, 60_000);

test("a backbone's hash is of its config, tokenizer and every weight, and not of its path or shards", async () => {
  const loaded = await readCheckpoint(backbone);
  const hash = hashBackbone(loaded);
  const elsewhere = { ...loaded, weights: new Map([...loaded.weights].reverse()) };
  expect(hashBackbone(elsewhere)).toBe(hash);
  const files = loaded.tokenizer.files();
  const others = [
    { ...loaded, config: { ...loaded.config, attention_dropout: 0.5 } },
    { ...loaded, tokenizer: { ...loaded.tokenizer, files: () => ({ ...files, "tokenizer.json": "{}" }) } },
    { ...loaded, weights: new Map([...loaded.weights].slice(1)) },
    { ...loaded, head: new Map([...loaded.weights].slice(0, 1)) },
  ];
  await changeBackbone();
  const hashes = [...others, await readCheckpoint(backbone)].map(hashBackbone);
  expect(new Set([hash, ...hashes]).size).toBe(hashes.length + 1);
});
