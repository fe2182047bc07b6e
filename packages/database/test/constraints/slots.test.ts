import { refuses } from "./refuses";

refuses("slots", [
  ["an open slot with a labeler", `UPDATE "Slot" SET "labelerId" = :ada WHERE id = :open`, "Slot_state_check"],
  ["a lease without an end", `UPDATE "Slot" SET "leaseExpiresAt" = NULL WHERE id = :leased`, "Slot_state_check"],
  ["a lease of nobody", `UPDATE "Slot" SET "labelerId" = NULL WHERE id = :leased`, "Slot_state_check"],
  ["a lease that shows nothing", `UPDATE "Slot" SET "displayOrder" = '{}' WHERE id = :leased`, "Slot_state_check"],
  ["a done slot with a lease", `UPDATE "Slot" SET "leaseExpiresAt" = now() WHERE id = :done`, "Slot_state_check"],
  ["a surplus slot that nobody holds", `UPDATE "Slot" SET surplus = true WHERE id = :open`, "Slot_surplus_check"],
  [
    "two tasks in one hand",
    `UPDATE "Slot" SET state = 'LEASED', "labelerId" = :bo, "leasedAt" = now(), "leaseExpiresAt" = now() + interval '1 h', "displayOrder" = '{a,b}' WHERE "promptId" = :fresh AND number = 1`,
    "Slot_one_lease",
  ],
  [
    "one prompt twice for one labeler",
    `UPDATE "Slot" SET state = 'LEASED', "labelerId" = :ada, "leasedAt" = now(), "leaseExpiresAt" = now() + interval '1 h', "displayOrder" = '{a,b}' WHERE "promptId" = :ranked AND id <> :done`,
    "Slot_promptId_labelerId_key",
  ],
  [
    "a slot leased to another project's labeler",
    `UPDATE "Slot" SET "labelerId" = :stranger WHERE id = :leased`,
    "Slot_labelerId_projectId_fkey",
  ],
  [
    "a slot done without a ranking",
    `UPDATE "Slot" SET state = 'DONE', "leaseExpiresAt" = NULL WHERE id = :leased`,
    /is done without a ranking/,
  ],
  [
    "a done slot opened again",
    `UPDATE "Slot" SET state = 'OPEN', "labelerId" = NULL, "leasedAt" = NULL, "displayOrder" = '{}' WHERE id = :done`,
    "Ranking_slotId_promptId_labelerId_fkey",
  ],
  [
    "a done slot given to another labeler",
    `UPDATE "Slot" SET "labelerId" = :bo WHERE id = :done`,
    "Ranking_slotId_promptId_labelerId_fkey",
  ],
]);
