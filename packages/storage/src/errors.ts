/** What storage could not do; `code` is stable, the message says what to do. */
export abstract class StorageError extends Error {
  abstract readonly code: string;
}

export class InvalidKey extends StorageError {
  readonly code = "INVALID_KEY";
  constructor(key: string, problem: string) {
    super(
      `${JSON.stringify(key)} is not a storage key (${problem}): use names of a-z, A-Z, 0-9, ".", "_", "-" joined by "/".`,
    );
    this.name = "InvalidKey";
  }
}

export class NotStored extends StorageError {
  readonly code = "NOT_STORED";
  constructor(readonly key: string) {
    super(
      `Nothing is stored under ${key}. It was removed, or BORDA_HOME points to another folder: restore it or upload it again.`,
    );
    this.name = "NotStored";
  }
}

export class AlreadyStored extends StorageError {
  readonly code = "ALREADY_STORED";
  constructor(readonly key: string) {
    super(
      `Something is stored under ${key} already, and a stored folder never changes: choose another key or remove it first.`,
    );
    this.name = "AlreadyStored";
  }
}

export class TooLarge extends StorageError {
  readonly code = "TOO_LARGE";
  constructor(readonly maxBytes: number) {
    super(`The file is larger than ${maxBytes} bytes: split it, or raise the limit.`);
    this.name = "TooLarge";
  }
}

export class StorageFull extends StorageError {
  readonly code = "STORAGE_FULL";
  constructor(
    readonly root: string,
    cause: unknown,
  ) {
    super(`The disk that holds ${root} is full: free some space, or move BORDA_HOME to a larger disk, and try again.`, {
      cause,
    });
    this.name = "StorageFull";
  }
}

/** The system's own "no space left" and "quota exceeded" become StorageFull; every other error stays what it is. */
export function asStorageError(error: unknown, root: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "ENOSPC" || code === "EDQUOT" ? new StorageFull(root, error) : error;
}
