-- CreateEnum
CREATE TYPE "BackboneState" AS ENUM ('QUEUED', 'FETCHING', 'CHECKING', 'READY', 'FAILED', 'CANCELLED');

-- AlterTable
ALTER TABLE "Checkpoint" ADD COLUMN     "paired" JSONB;

-- CreateTable
CREATE TABLE "Backbone" (
    "id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "state" "BackboneState" NOT NULL DEFAULT 'QUEUED',
    "pinned" TEXT,
    "facts" JSONB,
    "file" TEXT,
    "files" INTEGER NOT NULL DEFAULT 0,
    "filesTotal" INTEGER,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "bytesTotal" BIGINT,
    "error" TEXT,
    "remedy" TEXT,
    "problems" JSONB,
    "askedBy" TEXT,
    "askedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Backbone_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Backbone_source_key" ON "Backbone"("source");

-- What Prisma cannot say: states that make no sense cannot be stored.

ALTER TABLE "Backbone"
    ADD CONSTRAINT "Backbone_source_check" CHECK ("source" <> ''),
    -- A ready one has its facts and what it is pinned to, others have neither; a failed one says why and what to do.
    ADD CONSTRAINT "Backbone_facts_check" CHECK (("state" = 'READY') = ("facts" IS NOT NULL) AND ("facts" IS NULL) = ("pinned" IS NULL)
        AND ("facts" IS NULL OR jsonb_typeof("facts") = 'object')),
    ADD CONSTRAINT "Backbone_error_check" CHECK (("state" = 'FAILED') = ("error" IS NOT NULL) AND ("error" IS NULL) = ("remedy" IS NULL)
        AND ("error" IS NULL) = ("problems" IS NULL) AND ("problems" IS NULL OR jsonb_typeof("problems") = 'array')),
    ADD CONSTRAINT "Backbone_finishedAt_check" CHECK (("state" IN ('READY', 'FAILED', 'CANCELLED')) = ("finishedAt" IS NOT NULL)),
    -- A model of the hub is pinned to a commit of the same repository; everything else is what it is called.
    ADD CONSTRAINT "Backbone_pinned_check" CHECK ("pinned" IS NULL OR CASE WHEN starts_with("source", 'hub:')
        THEN "pinned" ~ '@[0-9a-f]{40}$' AND split_part("pinned", '@', 1) = split_part("source", '@', 1)
        ELSE "pinned" = "source" END),
    ADD CONSTRAINT "Backbone_progress_check" CHECK ("bytes" >= 0 AND "files" >= 0
        AND num_nulls("bytesTotal", "filesTotal") IN (0, 2)
        AND "bytes" <= coalesce("bytesTotal", 0) AND "files" <= coalesce("filesTotal", 0));

-- The difference of two models is known only where both were measured.
ALTER TABLE "Checkpoint" ADD CONSTRAINT "Checkpoint_paired_check" CHECK ("paired" IS NULL
    OR ("baselineReport" IS NOT NULL AND jsonb_typeof("paired") = 'object'));
