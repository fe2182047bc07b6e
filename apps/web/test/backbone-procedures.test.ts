import { prepareBackbone } from "@borda/queue";
import { isTrackedEnvelope } from "@trpc/server";
import { describe, expect, it } from "vitest";
import type { BackboneUpdate } from "@/features/backbones/server/follow-backbone";
import { backbonesRouter } from "@/features/backbones/server/router";
import { createCaller } from "@/server/trpc";
import { withHouse } from "./house";
import { someFacts } from "./some-facts";

const house = withHouse();
const anAdmin = async () => createCaller(backbonesRouter)(await house.anAdmin());

describe("a backbone", () => {
  it("that is asked for gets a job, and one that is cancelled loses it", async () => {
    const admin = await anAdmin();
    const { id: backboneId, state } = await admin.ask({ source: "hub:org/name" });
    expect(state).toBe("QUEUED");
    expect(await house.queue.state(prepareBackbone, { backboneId })).toBe("waiting");
    expect((await admin.cancel({ backboneId })).state).toBe("CANCELLED");
    expect(await house.queue.state(prepareBackbone, { backboneId })).toBe("absent");
    await expect(admin.cancel({ backboneId })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it.each(["", "hub:name", "hub:org/name@"])("%j names none", async (source) => {
    const admin = await anAdmin();
    await expect(admin.ask({ source })).rejects.toThrow(/org\/name, or a folder/);
  });

  it("is followed from before anybody asked until it is ready", async () => {
    const admin = await anAdmin();
    const source = "/models/followed";
    const { backbones } = house.db;
    const seen: (string | null)[] = [];
    for await (const update of await admin.follow({ source })) {
      if (!isTrackedEnvelope(update)) throw new Error("An update without its id cannot be resumed.");
      const [, { backbone }] = update as unknown as [string, BackboneUpdate];
      seen.push(backbone?.state ?? null);
      if (!backbone) await admin.ask({ source });
      else if (backbone.state === "QUEUED") await backbones.start(backbone.id);
      else if (backbone.state === "FETCHING") await backbones.check(backbone.id);
      else if (backbone.state === "CHECKING") await backbones.finish(backbone.id, { pinned: source, facts: someFacts });
      else break;
    }
    expect(seen).toEqual([null, "QUEUED", "FETCHING", "CHECKING", "READY"]);
  });
});
