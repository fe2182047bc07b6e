import { z } from "zod";

/** Identifiers are branded, so that a run's id cannot be passed where a prompt's is meant. */
export const ProjectId = z.string().min(1).brand<"ProjectId">();
export type ProjectId = z.infer<typeof ProjectId>;
export const PromptId = z.string().min(1).brand<"PromptId">();
export type PromptId = z.infer<typeof PromptId>;
export const CompletionId = z.string().min(1).brand<"CompletionId">();
export type CompletionId = z.infer<typeof CompletionId>;
export const TaskId = z.string().min(1).brand<"TaskId">();
export type TaskId = z.infer<typeof TaskId>;
export const LabelerId = z.string().min(1).brand<"LabelerId">();
export type LabelerId = z.infer<typeof LabelerId>;
export const RankingId = z.string().min(1).brand<"RankingId">();
export type RankingId = z.infer<typeof RankingId>;
export const RunId = z.string().min(1).brand<"RunId">();
export type RunId = z.infer<typeof RunId>;
export const CheckpointId = z.string().min(1).brand<"CheckpointId">();
export type CheckpointId = z.infer<typeof CheckpointId>;
export const ImportId = z.string().min(1).brand<"ImportId">();
export type ImportId = z.infer<typeof ImportId>;
export const UserId = z.string().min(1).brand<"UserId">();
export type UserId = z.infer<typeof UserId>;
export const BackboneId = z.string().min(1).brand<"BackboneId">();
export type BackboneId = z.infer<typeof BackboneId>;
