import { defineConfig } from "vite";

// One script and one style sheet: `glassnet lab` writes both into a page, and a notebook's widget
// takes them as they are.
export default defineConfig({
  build: {
    outDir: "../src/glassnet/lab/page",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    lib: {
      entry: "src/main.tsx",
      formats: ["es"],
      fileName: () => "lab.js",
      cssFileName: "lab",
    },
  },
});
