// Bundled by what the front end has installed: the same React, and nothing else.
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default {
  input: here("list.jsx"),
  resolve: { modules: [here("../../../frontend/node_modules")] },
  transform: { define: { "process.env.NODE_ENV": '"production"' } },
  output: { format: "iife", minify: true },
};
