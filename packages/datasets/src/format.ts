import type { DatasetRow, RowProblem } from "./row";

export type FormatName = "borda" | "openassistant" | "pandalm" | "hh";

/** The first records of a file, parsed; those that are not JSON are left out. */
export type FileSample = readonly unknown[];

/**
 * One way of writing preferences down. To add one: a file in formats/, its name in FormatName above, and an import and an
 * entry in formats/index.ts.
 */
export interface DatasetFormat {
  readonly name: FormatName;
  /** For people. */
  readonly title: string;
  /** Where a record has no other fields of its own: what it reads of it. Others are told to be ignored. */
  readonly fields?: readonly string[];
  /** How surely the sample is of this format: 0 to 1. */
  recognise(sample: FileSample): number;
  /**
   * The rows of one record, and the problems of those parts of it that could not be read. A tree has several rows.
   * May throw RowProblem, for the record as a whole.
   */
  read(record: unknown, line: number): Iterable<DatasetRow | RowProblem>;
}

/** Share of the sample's records that are objects with all of these keys. */
export function shareWith(sample: FileSample, ...keys: string[]): number {
  const alike = sample.filter(
    (record) => record !== null && typeof record === "object" && keys.every((key) => key in record),
  );
  return sample.length === 0 ? 0 : alike.length / sample.length;
}
