// Runs before the first paint, so that no chosen theme, density or colour flashes; the content policy forbids inline scripts.
(() => {
  try {
    const theme = localStorage.getItem("chimera.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (localStorage.getItem("chimera.density") === "compact") document.documentElement.dataset.density = "compact";
    const { colour } = JSON.parse(localStorage.getItem("chimera.brand") ?? "{}");
    if (colour) {
      document.documentElement.dataset.brand = "";
      document.documentElement.style.setProperty("--brand", colour);
    }
  } catch {
    // Storage is blocked, or holds what is not ours: the system's theme applies.
  }
})();
