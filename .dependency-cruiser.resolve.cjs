const path = require("node:path");

/** How web's imports of "@/..." are found; dependency-cruiser reads it in the form of a webpack configuration. */
module.exports = { resolve: { alias: { "@": path.join(__dirname, "apps/web/src") } } };
