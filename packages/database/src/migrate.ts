export declare function migrate(url: string): Promise<void>;
