export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly password: string;
  readonly port?: number | undefined;
  readonly logFile?: string | undefined;
}
export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}
export declare function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres>;
