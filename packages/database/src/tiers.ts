/** Tiers, best first, from (tier, member) places in order. */
export function tiersOf<Id>(places: readonly (readonly [tier: number, member: Id])[]): Id[][] {
  const tiers: Id[][] = [];
  for (const [tier, member] of places) {
    const members = tiers[tier];
    if (members) members.push(member);
    else tiers[tier] = [member];
  }
  return tiers;
}
