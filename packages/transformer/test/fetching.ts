import { fetchFromHub } from "../src";

/** A process that fetches a model and says its folder: its arguments are a HubSpec and HubOptions, as JSON. */
const [spec, options] = process.argv.slice(2).map((text) => JSON.parse(text));
console.log((await fetchFromHub(spec, options)).folder);
