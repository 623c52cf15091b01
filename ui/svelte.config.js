export default {
  compilerOptions: { runes: true },
  vitePlugin: {
    // Libraries bring their own mode; the rule is for the code of this folder.
    dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? { runes: undefined } : undefined),
  },
};
