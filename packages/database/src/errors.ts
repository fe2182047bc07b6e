/** Every error the database speaks has a stable code, and a message that says the remedy. */
export abstract class DatabaseError extends Error {
  abstract readonly code: string;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server cannot be reached, or broke off: trying again later is right. */
export class DatabaseUnavailable extends DatabaseError {
  readonly code = "DATABASE_UNAVAILABLE";
  constructor(cause: unknown) {
    // Prisma sets a picture of the call before what happened.
    const reason = (cause instanceof Error ? cause.message : String(cause)).trim().split("\n").at(-1);
    super(`The database does not answer (${reason}). Try again in a moment.`, { cause });
  }
}

export class DiskFull extends DatabaseError {
  readonly code = "DISK_FULL";
  constructor(where: string, cause?: unknown) {
    super(`No space is left on the disk of ${where}. Free some space, then start again.`, { cause });
  }
}

export class PortTaken extends DatabaseError {
  readonly code = "PORT_TAKEN";
  constructor(readonly port: number) {
    super(`Port ${port} is in use. Stop what listens there, or choose another port.`);
  }
}

export class PostgresFailed extends DatabaseError {
  readonly code = "POSTGRES_FAILED";
}

/** The database belongs to something else; nothing in it was changed. */
export class ForeignSchema extends DatabaseError {
  readonly code = "FOREIGN_SCHEMA";
  constructor(readonly tables: readonly string[]) {
    const named = tables.slice(0, 3).join(", ") + (tables.length > 3 ? ", ..." : "");
    super(
      `The database in DATABASE_URL already holds tables that are not Borda's (${named}): give Borda an empty database, for instance one made by "createdb borda".`,
    );
  }
}

/** The database's history of migrations is not a beginning of this version's; nothing was changed. */
export class MigrationHistory extends DatabaseError {
  readonly code = "MIGRATION_HISTORY";
}

export class NotFound extends DatabaseError {
  readonly code = "NOT_FOUND";
  constructor(
    readonly what: string,
    readonly id: string,
  ) {
    super(`There is no ${what} ${id}. Reload the page; it may have been removed.`);
  }
}

/** The labeler holds this task no more: the lease lapsed and it went to others, or it was given back. */
export class LeaseLapsed extends DatabaseError {
  readonly code = "LEASE_LAPSED";
  constructor() {
    super("Your time for this task ran out and it went to others. Nothing was stored; go on with the next task.");
  }
}

/** The task is of a project that the labeler does not rank in, or the submit's token is another labeler's. */
export class NotYours extends DatabaseError {
  readonly code = "NOT_YOURS";
  constructor() {
    super("This task is not yours. Go on with your own next task.");
  }
}

export class AlreadyRanked extends DatabaseError {
  readonly code = "ALREADY_RANKED";
  constructor() {
    super("You have ranked this task already, perhaps in another tab. Go on with the next task.");
  }
}

/** One token, two different rankings: the client reused a token. */
export class TokenReused extends DatabaseError {
  readonly code = "TOKEN_REUSED";
  constructor() {
    super("This submit's token was used for another task. Make a new token for each ranking.");
  }
}

/** The e-mail address belongs to an account already. */
export class EmailTaken extends DatabaseError {
  readonly code = "EMAIL_TAKEN";
  constructor(email: string) {
    super(
      `${email} already has an account. Sign in with it (an admin can give you a link for a new password), then open the invitation again.`,
    );
  }
}

export class InviteInvalid extends DatabaseError {
  readonly code = "INVITE_INVALID";
  constructor(readonly reason: "unknown" | "expired" | "used" | "revoked" | "outdated") {
    super(`This invitation ${inviteFaults[reason]}. Ask the project's admin for a new link.`);
  }
}
const inviteFaults = {
  unknown: "is not known",
  expired: "has expired",
  used: "has been used up",
  revoked: "was withdrawn",
  outdated: "is older than your removal from the project",
} as const;

/** The import is not running (cancelled, finished, failed): no further row is stored. */
export class ImportStopped extends DatabaseError {
  readonly code = "IMPORT_STOPPED";
  constructor(readonly state: string) {
    super(`This import is ${state.toLowerCase()}: start a new one to bring in more rows.`);
  }
}

/** Nobody works on this backbone any more (ready, failed, cancelled), or it was asked for anew. */
export class BackboneStopped extends DatabaseError {
  readonly code = "BACKBONE_STOPPED";
  constructor(readonly state: string) {
    super(`This backbone is ${state.toLowerCase()}: ask for it again to have it looked at again.`);
  }
}

/** A run may only use a backbone that the worker has fetched and found good. */
export class BackboneNotReady extends DatabaseError {
  readonly code = "BACKBONE_NOT_READY";
  constructor(
    readonly source: string,
    readonly state: string | null,
    reason: string | null,
  ) {
    super(
      `The backbone ${source} ${backboneFaults(state, reason)} Prepare it on the Training page, then start the run.`,
    );
  }
}
function backboneFaults(state: string | null, reason: string | null): string {
  if (state === null) return "has not been prepared yet.";
  if (state === "FAILED") return `cannot be used: ${reason}`;
  return state === "CANCELLED" ? "was cancelled while it was fetched." : "is being prepared just now.";
}

/** One training per project at a time. */
export class TrainingInProgress extends DatabaseError {
  readonly code = "TRAINING_IN_PROGRESS";
  constructor(readonly runId: string) {
    super("A training of this project is queued or running. Wait until it ends, or cancel it.");
  }
}

/** Another worker has the run, or it ended: the caller must stop working on it. */
export class RunLost extends DatabaseError {
  readonly code = "RUN_LOST";
  constructor(readonly runId: string) {
    super(`Run ${runId} ended or went to another worker. Stop working on it.`);
  }
}

/** A change that the state of the thing does not allow. */
export class NotAllowed extends DatabaseError {
  readonly code = "NOT_ALLOWED";
}
