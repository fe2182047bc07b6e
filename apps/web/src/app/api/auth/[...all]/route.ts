import { auth } from "@/server/auth";
import { sessionMemory } from "@/server/session-memory";

export const GET = (request: Request) => auth().handler(request);

/** Sign-in, sign-out and password changes: what was remembered of sessions may be wrong from here on. */
export async function POST(request: Request): Promise<Response> {
  const response = await auth().handler(request);
  sessionMemory().clear();
  return response;
}
