export { configs, vocabulary } from "./configs";
export { commit, type HubFiles, type HubServer, startHub } from "./hub-server";
export { tinyModel } from "./tiny-model";
