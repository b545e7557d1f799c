/** The floors of the app: shared <- features <- routes <- app. Features never import features. */
const floor = (name, from, to) => ({ name, severity: "error", from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    floor("shared-imports-nothing-above", "^src/shared", "^src/(features|routes|app)"),
    floor("features-stay-below-routes", "^src/features", "^src/(routes|app)"),
    floor("routes-stay-below-app", "^src/routes", "^src/app"),
    {
      name: "features-never-import-features",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    {
      name: "testing-is-for-tests",
      severity: "error",
      from: { path: "^src", pathNot: "(\\.test\\.tsx?$|^src/testing/)" },
      to: { path: "^src/testing/" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "not-resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "default", "types"],
    },
    webpackConfig: undefined,
    tsConfig: undefined,
  },
};
