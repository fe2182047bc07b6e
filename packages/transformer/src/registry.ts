import { type ConfiguredArchitecture, configure } from "./architecture";
import { starter } from "./architectures/starter";
import { UnsupportedConfig } from "./errors";

/** Every architecture by its model_type. An entry hides its config's type, so that all look alike. */
const architectures: Readonly<Record<string, (config: unknown, where: string) => ConfiguredArchitecture>> = {
  [starter.modelType]: (config, where) => configure(starter, config, where),
};

/** The architecture that a config.json (of the file `where`, for errors) asks for. Throws UnsupportedConfig. */
export function architectureOf(config: Readonly<Record<string, unknown>>, where: string): ConfiguredArchitecture {
  const type = config.model_type;
  const known = Object.keys(architectures).join(", ");
  if (typeof type !== "string")
    throw new UnsupportedConfig("model_type", `${where} has no model_type: it must be one of ${known}.`);
  const architecture = Object.hasOwn(architectures, type) ? architectures[type] : undefined;
  if (!architecture)
    throw new UnsupportedConfig("model_type", `${where}: model_type ${type} is not supported; supported are ${known}.`);
  return architecture(config, where);
}
