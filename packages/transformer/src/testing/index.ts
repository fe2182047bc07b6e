export { commit, type HubFiles, type HubServer, startHub } from "./hub-server";
export { tinyModel } from "./tiny-model";
