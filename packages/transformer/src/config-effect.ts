import { z } from "zod";

type RawConfig = Readonly<Record<string, unknown>>;
/** Why a field changes nothing that a reward model computes: always, or beside what else the config says. */
type Reason = string | ((config: RawConfig) => string | undefined);

const reasons = z.registry<{ readonly reason: Reason }>();

/** Marks fields of a config's schema whose values change nothing that a reward model computes, and says why. */
export function withoutEffect<const Fields extends Readonly<Record<string, z.ZodType>>>(
  reason: Reason,
  fields: Fields,
): Fields {
  const marked = Object.entries(fields).map(([name, schema]) => {
    const own = schema.clone(); // a schema may stand for several fields, and a reason belongs to one
    reasons.add(own, { reason });
    return [name, own] as const;
  });
  return Object.fromEntries(marked) as unknown as Fields;
}

/** Fields by their names, as an architecture's schema has them. */
export type ConfigFields = Readonly<Record<string, z.core.$ZodType>>;

/** Of the fields that `config` sets those that change nothing, each with its reason. */
export function fieldsWithoutEffect(fields: ConfigFields, config: RawConfig): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of Object.keys(config)) {
    const entry = Object.hasOwn(fields, name) ? reasons.get(fields[name]!) : undefined;
    const reason = typeof entry?.reason === "function" ? entry.reason(config) : entry?.reason;
    if (reason !== undefined) found.set(name, reason);
  }
  return found;
}
