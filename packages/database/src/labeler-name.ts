import { sql } from "./sql";

/**
 * What a labeler `l` is called in files. A member's name has the end of its id with it, because two of one name must
 * stay two, and a file that comes back must be known; an imported labeler keeps the name of its file, which is its own.
 */
export const distinctName = sql`
  CASE l.kind WHEN 'MEMBER' THEN l.name || ' (' || right(l.id, 12) || ')' ELSE l.name END`;
