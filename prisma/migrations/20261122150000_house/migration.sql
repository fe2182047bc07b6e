-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('ADMIN', 'LABELER');

-- CreateEnum
CREATE TYPE "LabelerKind" AS ENUM ('MEMBER', 'IMPORTED');

-- CreateEnum
CREATE TYPE "ImportState" AS ENUM ('UPLOADED', 'QUEUED', 'RUNNING', 'FINISHED', 'CANCELLED', 'FAILED');

-- CreateEnum
CREATE TYPE "SlotState" AS ENUM ('OPEN', 'LEASED', 'DONE');

-- CreateEnum
CREATE TYPE "RunState" AS ENUM ('QUEUED', 'RUNNING', 'EVALUATED', 'PUBLISHED', 'CANCELLED', 'FAILED');

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "role" "Role" NOT NULL DEFAULT 'LABELER',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RateLimit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastRequest" BIGINT NOT NULL,

    CONSTRAINT "RateLimit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "guidelines" TEXT NOT NULL DEFAULT '',
    "kMin" INTEGER NOT NULL DEFAULT 2,
    "kMax" INTEGER NOT NULL DEFAULT 9,
    "rankingsWanted" INTEGER NOT NULL DEFAULT 1,
    "leaseSeconds" INTEGER NOT NULL DEFAULT 1800,
    "recipe" JSONB NOT NULL,
    "retrainRule" JSONB NOT NULL DEFAULT '{"mode":"manual"}',
    "publishRule" JSONB NOT NULL DEFAULT '{"mode":"manual"}',
    "publishedId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archivedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Labeler" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "kind" "LabelerKind" NOT NULL,
    "userId" TEXT,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Labeler_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Invite" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usesLeft" INTEGER NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Invite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Import" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "state" "ImportState" NOT NULL DEFAULT 'UPLOADED',
    "fileName" TEXT NOT NULL,
    "fileKey" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "bytesRead" BIGINT NOT NULL DEFAULT 0,
    "format" TEXT,
    "rowsRead" INTEGER NOT NULL DEFAULT 0,
    "badRows" INTEGER NOT NULL DEFAULT 0,
    "prompts" INTEGER NOT NULL DEFAULT 0,
    "completions" INTEGER NOT NULL DEFAULT 0,
    "rankings" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ImportIssue" (
    "id" BIGSERIAL NOT NULL,
    "importId" TEXT NOT NULL,
    "line" INTEGER NOT NULL,
    "field" TEXT NOT NULL,
    "problem" TEXT NOT NULL,
    "remedy" TEXT NOT NULL,

    CONSTRAINT "ImportIssue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Prompt" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "contentHash" TEXT NOT NULL,
    "position" BIGSERIAL NOT NULL,
    "importId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Prompt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Completion" (
    "id" TEXT NOT NULL,
    "promptId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "textHash" TEXT NOT NULL,
    "model" TEXT,
    "ordinal" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Completion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Slot" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "promptId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "state" "SlotState" NOT NULL DEFAULT 'OPEN',
    "labelerId" TEXT,
    "leasedAt" TIMESTAMPTZ(3),
    "leaseExpiresAt" TIMESTAMPTZ(3),
    "displayOrder" TEXT[],
    "surplus" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Slot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Skip" (
    "projectId" TEXT NOT NULL,
    "promptId" TEXT NOT NULL,
    "labelerId" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Skip_pkey" PRIMARY KEY ("labelerId","promptId")
);

-- CreateTable
CREATE TABLE "Ranking" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "promptId" TEXT NOT NULL,
    "labelerId" TEXT NOT NULL,
    "slotId" TEXT,
    "token" TEXT,
    "contentHash" TEXT,
    "unacceptableFrom" INTEGER,
    "displayOrder" TEXT[],
    "comparisons" INTEGER NOT NULL,
    "ties" INTEGER NOT NULL,
    "secondsSpent" DOUBLE PRECISION,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Ranking_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RankingEntry" (
    "rankingId" TEXT NOT NULL,
    "promptId" TEXT NOT NULL,
    "completionId" TEXT NOT NULL,
    "tier" INTEGER NOT NULL,

    CONSTRAINT "RankingEntry_pkey" PRIMARY KEY ("rankingId","completionId")
);

-- CreateTable
CREATE TABLE "Run" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "state" "RunState" NOT NULL DEFAULT 'QUEUED',
    "trigger" TEXT NOT NULL,
    "recipe" JSONB NOT NULL,
    "baselineId" TEXT,
    "dataHash" TEXT,
    "trainPrompts" INTEGER,
    "heldOutPrompts" INTEGER,
    "comparisons" INTEGER,
    "steps" INTEGER,
    "step" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "remedy" TEXT,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "createdBy" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "workerId" TEXT,
    "leaseExpiresAt" TIMESTAMPTZ(3),

    CONSTRAINT "Run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RunRanking" (
    "runId" TEXT NOT NULL,
    "rankingId" TEXT NOT NULL,
    "heldOut" BOOLEAN NOT NULL,

    CONSTRAINT "RunRanking_pkey" PRIMARY KEY ("runId","rankingId")
);

-- CreateTable
CREATE TABLE "RunEvent" (
    "id" BIGSERIAL NOT NULL,
    "runId" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RunEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Checkpoint" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "folderKey" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "report" JSONB NOT NULL,
    "baselineId" TEXT,
    "baselineReport" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Checkpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Publication" (
    "id" BIGSERIAL NOT NULL,
    "projectId" TEXT NOT NULL,
    "checkpointId" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "publishedBy" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Publication_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "Session_token_key" ON "Session"("token");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Account_userId_idx" ON "Account"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Account_providerId_accountId_key" ON "Account"("providerId", "accountId");

-- CreateIndex
CREATE INDEX "Verification_identifier_idx" ON "Verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "RateLimit_key_key" ON "RateLimit"("key");

-- CreateIndex
CREATE UNIQUE INDEX "Project_publishedId_id_key" ON "Project"("publishedId", "id");

-- CreateIndex
CREATE INDEX "Labeler_userId_idx" ON "Labeler"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Labeler_projectId_userId_key" ON "Labeler"("projectId", "userId");

-- CreateIndex
CREATE UNIQUE INDEX "Labeler_id_projectId_key" ON "Labeler"("id", "projectId");

-- CreateIndex
CREATE UNIQUE INDEX "Invite_tokenHash_key" ON "Invite"("tokenHash");

-- CreateIndex
CREATE INDEX "Invite_projectId_idx" ON "Invite"("projectId");

-- CreateIndex
CREATE INDEX "Import_projectId_createdAt_idx" ON "Import"("projectId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "ImportIssue_importId_line_field_problem_key" ON "ImportIssue"("importId", "line", "field", "problem");

-- CreateIndex
CREATE INDEX "Prompt_projectId_position_idx" ON "Prompt"("projectId", "position");

-- CreateIndex
CREATE UNIQUE INDEX "Prompt_projectId_contentHash_key" ON "Prompt"("projectId", "contentHash");

-- CreateIndex
CREATE UNIQUE INDEX "Prompt_id_projectId_key" ON "Prompt"("id", "projectId");

-- CreateIndex
CREATE INDEX "Completion_projectId_idx" ON "Completion"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "Completion_promptId_textHash_key" ON "Completion"("promptId", "textHash");

-- CreateIndex
CREATE UNIQUE INDEX "Completion_promptId_ordinal_key" ON "Completion"("promptId", "ordinal");

-- CreateIndex
CREATE UNIQUE INDEX "Completion_id_promptId_key" ON "Completion"("id", "promptId");

-- CreateIndex
CREATE INDEX "Slot_labelerId_leasedAt_idx" ON "Slot"("labelerId", "leasedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Slot_promptId_number_key" ON "Slot"("promptId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "Slot_promptId_labelerId_key" ON "Slot"("promptId", "labelerId");

-- CreateIndex
CREATE UNIQUE INDEX "Slot_id_promptId_labelerId_key" ON "Slot"("id", "promptId", "labelerId");

-- CreateIndex
CREATE INDEX "Skip_promptId_idx" ON "Skip"("promptId");

-- CreateIndex
CREATE UNIQUE INDEX "Ranking_token_key" ON "Ranking"("token");

-- CreateIndex
CREATE INDEX "Ranking_projectId_createdAt_idx" ON "Ranking"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "Ranking_labelerId_createdAt_idx" ON "Ranking"("labelerId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Ranking_id_promptId_key" ON "Ranking"("id", "promptId");

-- CreateIndex
CREATE UNIQUE INDEX "Ranking_slotId_promptId_labelerId_key" ON "Ranking"("slotId", "promptId", "labelerId");

-- CreateIndex
CREATE UNIQUE INDEX "Ranking_promptId_labelerId_contentHash_key" ON "Ranking"("promptId", "labelerId", "contentHash");

-- CreateIndex
CREATE INDEX "RankingEntry_completionId_idx" ON "RankingEntry"("completionId");

-- CreateIndex
CREATE INDEX "Run_projectId_createdAt_idx" ON "Run"("projectId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Run_id_projectId_key" ON "Run"("id", "projectId");

-- CreateIndex
CREATE INDEX "RunRanking_rankingId_idx" ON "RunRanking"("rankingId");

-- CreateIndex
CREATE INDEX "RunEvent_runId_id_idx" ON "RunEvent"("runId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Checkpoint_folderKey_key" ON "Checkpoint"("folderKey");

-- CreateIndex
CREATE INDEX "Checkpoint_projectId_createdAt_idx" ON "Checkpoint"("projectId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Checkpoint_id_projectId_key" ON "Checkpoint"("id", "projectId");

-- CreateIndex
CREATE UNIQUE INDEX "Checkpoint_runId_projectId_key" ON "Checkpoint"("runId", "projectId");

-- CreateIndex
CREATE INDEX "Publication_projectId_createdAt_idx" ON "Publication"("projectId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_hash_key" ON "ApiKey"("hash");

-- CreateIndex
CREATE INDEX "ApiKey_projectId_idx" ON "ApiKey"("projectId");

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Project" ADD CONSTRAINT "Project_publishedId_id_fkey" FOREIGN KEY ("publishedId", "id") REFERENCES "Checkpoint"("id", "projectId") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Labeler" ADD CONSTRAINT "Labeler_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Labeler" ADD CONSTRAINT "Labeler_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invite" ADD CONSTRAINT "Invite_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Import" ADD CONSTRAINT "Import_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImportIssue" ADD CONSTRAINT "ImportIssue_importId_fkey" FOREIGN KEY ("importId") REFERENCES "Import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Prompt" ADD CONSTRAINT "Prompt_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Prompt" ADD CONSTRAINT "Prompt_importId_fkey" FOREIGN KEY ("importId") REFERENCES "Import"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Completion" ADD CONSTRAINT "Completion_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Completion" ADD CONSTRAINT "Completion_promptId_projectId_fkey" FOREIGN KEY ("promptId", "projectId") REFERENCES "Prompt"("id", "projectId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Slot" ADD CONSTRAINT "Slot_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Slot" ADD CONSTRAINT "Slot_promptId_projectId_fkey" FOREIGN KEY ("promptId", "projectId") REFERENCES "Prompt"("id", "projectId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Slot" ADD CONSTRAINT "Slot_labelerId_projectId_fkey" FOREIGN KEY ("labelerId", "projectId") REFERENCES "Labeler"("id", "projectId") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Skip" ADD CONSTRAINT "Skip_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Skip" ADD CONSTRAINT "Skip_promptId_projectId_fkey" FOREIGN KEY ("promptId", "projectId") REFERENCES "Prompt"("id", "projectId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Skip" ADD CONSTRAINT "Skip_labelerId_projectId_fkey" FOREIGN KEY ("labelerId", "projectId") REFERENCES "Labeler"("id", "projectId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Ranking" ADD CONSTRAINT "Ranking_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Ranking" ADD CONSTRAINT "Ranking_promptId_projectId_fkey" FOREIGN KEY ("promptId", "projectId") REFERENCES "Prompt"("id", "projectId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Ranking" ADD CONSTRAINT "Ranking_labelerId_projectId_fkey" FOREIGN KEY ("labelerId", "projectId") REFERENCES "Labeler"("id", "projectId") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Ranking" ADD CONSTRAINT "Ranking_slotId_promptId_labelerId_fkey" FOREIGN KEY ("slotId", "promptId", "labelerId") REFERENCES "Slot"("id", "promptId", "labelerId") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "RankingEntry" ADD CONSTRAINT "RankingEntry_rankingId_promptId_fkey" FOREIGN KEY ("rankingId", "promptId") REFERENCES "Ranking"("id", "promptId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RankingEntry" ADD CONSTRAINT "RankingEntry_completionId_promptId_fkey" FOREIGN KEY ("completionId", "promptId") REFERENCES "Completion"("id", "promptId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_baselineId_projectId_fkey" FOREIGN KEY ("baselineId", "projectId") REFERENCES "Checkpoint"("id", "projectId") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "RunRanking" ADD CONSTRAINT "RunRanking_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunRanking" ADD CONSTRAINT "RunRanking_rankingId_fkey" FOREIGN KEY ("rankingId") REFERENCES "Ranking"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunEvent" ADD CONSTRAINT "RunEvent_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Checkpoint" ADD CONSTRAINT "Checkpoint_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Checkpoint" ADD CONSTRAINT "Checkpoint_runId_projectId_fkey" FOREIGN KEY ("runId", "projectId") REFERENCES "Run"("id", "projectId") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Checkpoint" ADD CONSTRAINT "Checkpoint_baselineId_projectId_fkey" FOREIGN KEY ("baselineId", "projectId") REFERENCES "Checkpoint"("id", "projectId") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Publication" ADD CONSTRAINT "Publication_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Publication" ADD CONSTRAINT "Publication_checkpointId_projectId_fkey" FOREIGN KEY ("checkpointId", "projectId") REFERENCES "Checkpoint"("id", "projectId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say: states that make no sense cannot be stored.

-- People and projects -----------------------------------------------------------------------------------------------

-- Emails compare without case.
ALTER TABLE "User" ADD CONSTRAINT "User_email_check" CHECK ("email" = lower("email") AND "email" <> '');

ALTER TABLE "Project"
    ADD CONSTRAINT "Project_name_check" CHECK (length(btrim("name")) BETWEEN 1 AND 200),
    -- A task has 2 to 9 completions: the page names them A to I.
    ADD CONSTRAINT "Project_k_check" CHECK (2 <= "kMin" AND "kMin" <= "kMax" AND "kMax" <= 9),
    ADD CONSTRAINT "Project_rankingsWanted_check" CHECK ("rankingsWanted" BETWEEN 1 AND 100),
    ADD CONSTRAINT "Project_leaseSeconds_check" CHECK ("leaseSeconds" BETWEEN 1 AND 604800),
    ADD CONSTRAINT "Project_json_check" CHECK (jsonb_typeof("recipe") = 'object'
        AND jsonb_typeof("retrainRule") = 'object' AND jsonb_typeof("publishRule") = 'object');

-- A member is a user, an imported name is nobody's; each imported name occurs once in a project.
ALTER TABLE "Labeler"
    ADD CONSTRAINT "Labeler_kind_check" CHECK (("kind" = 'MEMBER') = ("userId" IS NOT NULL)),
    ADD CONSTRAINT "Labeler_removed_check" CHECK ("kind" = 'MEMBER' OR "removedAt" IS NULL),
    ADD CONSTRAINT "Labeler_name_check" CHECK ("name" <> '');
CREATE UNIQUE INDEX "Labeler_imported_name" ON "Labeler" ("projectId", "name") WHERE "kind" = 'IMPORTED';

ALTER TABLE "Invite" ADD CONSTRAINT "Invite_usesLeft_check" CHECK ("usesLeft" >= 0);

-- Imports, and what is ranked -----------------------------------------------------------------------------------------

ALTER TABLE "Import"
    ADD CONSTRAINT "Import_counts_check" CHECK ("bytes" >= 0 AND "bytesRead" >= 0 AND "rowsRead" >= 0 AND "badRows" >= 0
        AND "prompts" >= 0 AND "completions" >= 0 AND "rankings" >= 0),
    ADD CONSTRAINT "Import_finishedAt_check" CHECK (("state" IN ('FINISHED', 'CANCELLED', 'FAILED')) = ("finishedAt" IS NOT NULL)),
    ADD CONSTRAINT "Import_error_check" CHECK (("state" = 'FAILED') = ("error" IS NOT NULL));

ALTER TABLE "Prompt"
    ADD CONSTRAINT "Prompt_content_check" CHECK (jsonb_typeof("content") IN ('string', 'array')),
    ADD CONSTRAINT "Prompt_contentHash_check" CHECK ("contentHash" <> '');

ALTER TABLE "Completion"
    ADD CONSTRAINT "Completion_text_check" CHECK ("text" <> '' AND "textHash" <> ''),
    ADD CONSTRAINT "Completion_ordinal_check" CHECK ("ordinal" >= 0);

-- Slots: the queue of tasks ---------------------------------------------------------------------------------------------

-- An open slot is nobody's; a leased one has a labeler, a term and what was shown; a done one keeps who and what.
ALTER TABLE "Slot"
    ADD CONSTRAINT "Slot_number_check" CHECK ("number" >= 1),
    ADD CONSTRAINT "Slot_state_check" CHECK (CASE "state"
        WHEN 'OPEN' THEN "labelerId" IS NULL AND "leasedAt" IS NULL AND "leaseExpiresAt" IS NULL AND "displayOrder" = '{}'
        WHEN 'LEASED' THEN "labelerId" IS NOT NULL AND "leasedAt" IS NOT NULL AND "leaseExpiresAt" IS NOT NULL
            AND "leaseExpiresAt" > "leasedAt" AND cardinality("displayOrder") >= 2
        WHEN 'DONE' THEN "labelerId" IS NOT NULL AND "leasedAt" IS NOT NULL AND "leaseExpiresAt" IS NULL
            AND cardinality("displayOrder") >= 2
    END),
    ADD CONSTRAINT "Slot_surplus_check" CHECK (NOT "surplus" OR "state" = 'LEASED');

-- The next open slot, breadth first; lapsed leases; and one task in a labeler's hand at a time.
CREATE INDEX "Slot_open" ON "Slot" ("projectId", "number", "position") WHERE "state" = 'OPEN';
CREATE INDEX "Slot_leased" ON "Slot" ("projectId", "leaseExpiresAt") WHERE "state" = 'LEASED';
CREATE UNIQUE INDEX "Slot_one_lease" ON "Slot" ("labelerId") WHERE "state" = 'LEASED';

-- Rankings --------------------------------------------------------------------------------------------------------------

-- Made here (a slot and a token, and what was shown) or imported (a hash): exactly one of the two.
ALTER TABLE "Ranking"
    ADD CONSTRAINT "Ranking_origin_check" CHECK (CASE WHEN "slotId" IS NOT NULL
        THEN "token" IS NOT NULL AND "contentHash" IS NULL AND cardinality("displayOrder") >= 2
        ELSE "token" IS NULL AND "contentHash" IS NOT NULL AND "displayOrder" = '{}' END),
    ADD CONSTRAINT "Ranking_unacceptableFrom_check" CHECK ("unacceptableFrom" >= 0),
    ADD CONSTRAINT "Ranking_counts_check" CHECK ("comparisons" >= 0 AND "ties" >= 0),
    ADD CONSTRAINT "Ranking_secondsSpent_check" CHECK ("secondsSpent" >= 0);

ALTER TABLE "RankingEntry" ADD CONSTRAINT "RankingEntry_tier_check" CHECK ("tier" >= 0);

-- At the end of its transaction a new ranking has at least one entry, tiers without a gap, its line among them, the
-- counts that its tiers make, and if it was made here a slot that is done.
CREATE FUNCTION "Ranking_is_whole"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    "tiers" bigint; "lowest" integer; "ranked" bigint; "tied" numeric;
BEGIN
    SELECT count(*), max(t."tier"), sum(t."size"), sum(t."size" * (t."size" - 1) / 2) INTO "tiers", "lowest", "ranked", "tied"
        FROM (SELECT "tier", count(*) AS "size" FROM "RankingEntry" WHERE "rankingId" = NEW."id" GROUP BY "tier") t;
    IF "tiers" = 0 OR "lowest" <> "tiers" - 1 OR NEW."unacceptableFrom" > "tiers"
        OR NEW."ties" <> "tied" OR NEW."comparisons" <> "ranked" * ("ranked" - 1) / 2 - "tied" THEN
        RAISE EXCEPTION 'ranking % is not a weak order', NEW."id" USING ERRCODE = 'check_violation';
    END IF;
    IF NEW."slotId" IS NOT NULL AND NOT EXISTS (SELECT FROM "Slot" WHERE "id" = NEW."slotId" AND "state" = 'DONE') THEN
        RAISE EXCEPTION 'ranking % has a slot that is not done', NEW."id" USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "Ranking_whole" AFTER INSERT ON "Ranking"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "Ranking_is_whole"();

-- And a slot is done only by a ranking.
CREATE FUNCTION "Slot_has_ranking"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM "Ranking" WHERE "slotId" = NEW."id") THEN
        RAISE EXCEPTION 'slot % is done without a ranking', NEW."id" USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "Slot_done" AFTER INSERT OR UPDATE OF "state" ON "Slot"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW."state" = 'DONE') EXECUTE FUNCTION "Slot_has_ranking"();

-- A confirmed ranking never changes.
CREATE FUNCTION "Ranking_is_immutable"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a confirmed ranking cannot be changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER "Ranking_immutable" BEFORE UPDATE ON "Ranking" FOR EACH ROW EXECUTE FUNCTION "Ranking_is_immutable"();
CREATE TRIGGER "RankingEntry_immutable" BEFORE UPDATE ON "RankingEntry" FOR EACH ROW EXECUTE FUNCTION "Ranking_is_immutable"();

-- Training --------------------------------------------------------------------------------------------------------------

-- One training per project at a time.
CREATE UNIQUE INDEX "Run_active" ON "Run" ("projectId") WHERE "state" IN ('QUEUED', 'RUNNING');

-- A running run has a worker with a lease, others have none; an ended one has its end; a failed one says why and what to do.
ALTER TABLE "Run"
    ADD CONSTRAINT "Run_trigger_check" CHECK ("trigger" IN ('manual', 'comparisons', 'cron')),
    ADD CONSTRAINT "Run_recipe_check" CHECK (jsonb_typeof("recipe") = 'object'),
    ADD CONSTRAINT "Run_worker_check" CHECK (CASE WHEN "state" = 'RUNNING'
        THEN "workerId" IS NOT NULL AND "leaseExpiresAt" IS NOT NULL AND "startedAt" IS NOT NULL
        ELSE "workerId" IS NULL AND "leaseExpiresAt" IS NULL END),
    ADD CONSTRAINT "Run_finishedAt_check" CHECK (("state" IN ('QUEUED', 'RUNNING')) = ("finishedAt" IS NULL)),
    ADD CONSTRAINT "Run_error_check" CHECK (("state" = 'FAILED') = ("error" IS NOT NULL) AND ("error" IS NULL) = ("remedy" IS NULL)),
    ADD CONSTRAINT "Run_step_check" CHECK ("step" >= 0 AND "steps" >= 0),
    ADD CONSTRAINT "Run_snapshot_check" CHECK (num_nulls("dataHash", "trainPrompts", "heldOutPrompts", "comparisons") IN (0, 4));

ALTER TABLE "RunEvent" ADD CONSTRAINT "RunEvent_event_check" CHECK (jsonb_typeof("event") = 'object');

ALTER TABLE "Checkpoint"
    ADD CONSTRAINT "Checkpoint_sha256_check" CHECK ("sha256" ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT "Checkpoint_bytes_check" CHECK ("bytes" > 0),
    ADD CONSTRAINT "Checkpoint_report_check" CHECK (jsonb_typeof("report") = 'object'),
    -- A comparison names what it compares with.
    ADD CONSTRAINT "Checkpoint_baseline_check" CHECK ("baselineReport" IS NULL
        OR ("baselineId" IS NOT NULL AND jsonb_typeof("baselineReport") = 'object'));

ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_hash_check" CHECK ("hash" ~ '^[0-9a-f]{64}$');
