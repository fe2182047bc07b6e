import { connection } from "next/server";
import { log } from "@/server/log";
import { database } from "@/server/singletons";

/** 200 while this process answers and reaches its database; 503 otherwise. For containers and `npm start`. */
export async function GET(): Promise<Response> {
  await connection();
  try {
    await database().ping();
    return Response.json({ status: "ok" });
  } catch (error) {
    log().error({ err: error }, "health check");
    return Response.json({ status: "unavailable", reason: "The database does not answer." }, { status: 503 });
  }
}
