// Where the locale is `C.UTF-8`, WebKitGTK reports the language `C`, which is no language tag: every `Intl` formatter
// that is given it throws, and with it the page's scripts. Such a system prefers nothing, so it is told English.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperties(Navigator.prototype, {
    language: { get: () => 'en-US' },
    languages: { get: () => Object.freeze(['en-US']) },
  });
}
