/** What this package throws: `code` is stable for programs, the message names the thing and the remedy. */
export abstract class TransformerError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A safetensors file that is cut short, contradicts itself, or holds a type that cannot be read. */
export class InvalidSafetensors extends TransformerError {
  readonly code = "INVALID_SAFETENSORS";
}

/** A backbone that is not where its name says: no such folder, no such file in it, or a source not supported. */
export class BackboneNotFound extends TransformerError {
  readonly code = "BACKBONE_NOT_FOUND";
}

/** A config.json that is no JSON, asks for an architecture that Borda does not have, or sets a field it cannot honour. */
export class UnsupportedConfig extends TransformerError {
  readonly code = "UNSUPPORTED_CONFIG";

  constructor(
    /** The field of config.json, "model_type" for the architecture itself. */
    readonly field: string,
    message: string,
    /** Every field that is refused, the first among them. */
    readonly refused: readonly RefusedField[] = [{ field, problem: message }],
  ) {
    super(message);
  }
}

export interface RefusedField {
  readonly field: string;
  readonly problem: string;
}

/** Weights that are not those of the architecture: `tensor` is missing, unknown, or of another shape. */
export class WeightMismatch extends TransformerError {
  readonly code = "WEIGHT_MISMATCH";

  constructor(
    readonly tensor: string,
    message: string,
    /** Every tensor that is wrong, the first among them. */
    readonly mismatches: readonly TensorMismatch[] = [{ tensor, problem: message }],
  ) {
    super(message);
  }
}

export interface TensorMismatch {
  readonly tensor: string;
  readonly problem: string;
}

/** A tokenizer.json that cannot be used. */
export class InvalidTokenizer extends TransformerError {
  readonly code = "INVALID_TOKENIZER";
}

/** A model of the hub that cannot be fetched: no network, no such repository, no right to read it, or a file missing. */
export class HubUnreachable extends TransformerError {
  readonly code = "HUB_UNREACHABLE";

  constructor(
    /** What is wrong, as a sentence without its stop; the message goes on with the remedy. */
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${problem}: ${remedy}.`, options);
  }
}

/** The disk of the cache has no room for what is to be fetched. */
export class DiskTooSmall extends TransformerError {
  readonly code = "DISK_TOO_SMALL";

  constructor(
    readonly folder: string,
    /** Bytes that are still to come, and bytes that are free. */
    readonly needed: number,
    readonly free: number,
  ) {
    super(`${folder} has ${free} bytes free, and ${needed} are still to be fetched: free some space and try again.`);
  }
}
