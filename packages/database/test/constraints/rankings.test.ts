import { refuses } from "./refuses";

refuses("rankings", [
  [
    "a ranking both made here and imported",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "slotId", token, "contentHash", "displayOrder", comparisons, ties) VALUES ('x', :project, :ranked, :ada, :done, 't', 'h', '{a,b}', 0, 0)`,
    "Ranking_origin_check",
  ],
  [
    "a ranking of no origin",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", comparisons, ties) VALUES ('x', :project, :fresh, :ada, 0, 0)`,
    "Ranking_origin_check",
  ],
  [
    "a second ranking of one slot",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "slotId", token, "displayOrder", comparisons, ties) VALUES ('x', :project, :ranked, :ada, :done, 't', '{a,b}', 0, 0)`,
    "Ranking_slotId_promptId_labelerId_key",
  ],
  [
    "a ranking by another than the slot's labeler",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "slotId", token, "displayOrder", comparisons, ties) VALUES ('x', :project, :ranked, :bo, :done, 't', '{a,b}', 0, 0)`,
    "Ranking_slotId_promptId_labelerId_fkey",
  ],
  [
    "a ranking by another project's labeler",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties) VALUES ('x', :project, :fresh, :stranger, 'h', 0, 0)`,
    "Ranking_labelerId_projectId_fkey",
  ],
  [
    "a ranking that ranks nothing",
    `INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties) VALUES ('x', :project, :fresh, :ada, 'h', 0, 0)`,
    /is not a weak order/,
  ],
  [
    "a line below all tiers",
    `WITH r AS (INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties, "unacceptableFrom") VALUES ('x', :project, :ranked, :ada, 'h', 0, 0, 2)) INSERT INTO "RankingEntry" VALUES ('x', :ranked, :shown, 0)`,
    /is not a weak order/,
  ],
  [
    "a gap between tiers",
    `WITH r AS (INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties) VALUES ('x', :project, :ranked, :ada, 'h', 0, 0)) INSERT INTO "RankingEntry" VALUES ('x', :ranked, :shown, 1)`,
    /is not a weak order/,
  ],
  [
    "a wrong count of comparisons",
    `WITH r AS (INSERT INTO "Ranking" (id, "projectId", "promptId", "labelerId", "contentHash", comparisons, ties) VALUES ('x', :project, :ranked, :ada, 'h', 1, 0)) INSERT INTO "RankingEntry" VALUES ('x', :ranked, :shown, 0)`,
    /is not a weak order/,
  ],
  [
    "a confirmed ranking that changes",
    `UPDATE "Ranking" SET "unacceptableFrom" = 0 WHERE id = :ranking`,
    /cannot be changed/,
  ],
  [
    "a confirmed tier that changes",
    `UPDATE "RankingEntry" SET tier = 0 WHERE "rankingId" = :ranking`,
    /cannot be changed/,
  ],
  [
    "a foreign completion in a ranking",
    `INSERT INTO "RankingEntry" VALUES (:ranking, :ranked, :foreign, 9)`,
    "RankingEntry_completionId_promptId_fkey",
  ],
  [
    "a foreign prompt in a ranking",
    `INSERT INTO "RankingEntry" VALUES (:ranking, :foreignPrompt, :foreign, 9)`,
    "RankingEntry_rankingId_promptId_fkey",
  ],
  [
    "a completion twice in a ranking",
    `INSERT INTO "RankingEntry" VALUES (:ranking, :ranked, :shown, 9)`,
    "RankingEntry_pkey",
  ],
]);
