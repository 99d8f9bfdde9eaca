// What tests.site.looks looks at, inside a page. Each gives what is wrong, in words.
({
  axe(rules) {
    // axe does not read MathML: a heading that is a formula is empty to it, not to a screen reader.
    const isFormula = (id, { target }) => id === "empty-table-header" && document.querySelector(`${target} math`);
    const asWords = ({ id, nodes }) => nodes.filter((node) => !isFormula(id, node)).map(({ html }) => `${id}: ${html}`);
    const only = rules ? { runOnly: { type: "rule", values: rules } } : {};
    return axe.run({ resultTypes: ["violations"], ...only }).then((result) => result.violations.flatMap(asWords));
  },

  // A button is named as a whole, which axe looks at; a formula speaks for itself.
  silentPictures() {
    const named = (node) => node.getAttribute("aria-label") || node.getAttribute("aria-labelledby");
    const silent = (node) => (node.tagName === "IMG" ? !node.alt || node.alt === node.getAttribute("src") : !named(node));
    return [...document.querySelectorAll("img, article svg, svg[role=img]")]
      .filter((node) => !node.closest("[aria-hidden=true], [role=presentation], button, mjx-container"))
      .filter((node) => node.checkVisibility() && silent(node))
      .map((node) => node.outerHTML.slice(0, 120));
  },

  // Only what sticks out itself: what scrolls in a box of its own is as wide as it likes.
  tooWide() {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const boxed = (node) => node !== document.body && (getComputedStyle(node).overflowX !== "visible" || boxed(node.parentElement));
    const found = [...document.body.querySelectorAll("*")]
      .filter((node) => node.getBoundingClientRect().right > root.clientWidth + 1 && !boxed(node.parentElement))
      .map((node) => node.outerHTML.slice(0, 120));
    return [`the page is ${root.scrollWidth} pixels wide`, ...found];
  },

  // Watches where the keyboard goes; each place is looked at before it has the focus and with it.
  watchFocus() {
    const still = document.createElement("style");
    still.textContent = "*, *::before, *::after { transition: none !important; animation: none !important }";
    document.head.append(still); // or else something in between is seen
    const stops = [...document.querySelectorAll("*")].filter((node) => node.tabIndex >= 0);
    const marks = (node) => {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(node);
      const drawn = outlineStyle !== "none" && outlineWidth !== "0px";
      return `${drawn ? outlineWidth + outlineColor : "no outline"}, ${boxShadow}`;
    };
    const before = new Map(stops.map((node) => [node, marks(node)]));
    const opacity = (node) => (node ? Number(getComputedStyle(node).opacity) * opacity(node.parentElement) : 1);
    const inSight = (node) => {
      const { left, right, top, bottom } = node.getBoundingClientRect();
      return left < right && top < bottom && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    };
    const problem = (node) => {
      if (!inSight(node)) return "out of sight";
      if (opacity(node) < 0.5) return "hardly to be seen";
      return before.get(node) === marks(node) ? "nothing marks" : "";
    };
    window.focusWatch = { lost: [], seen: new Set(), again: false };
    document.addEventListener("focusin", ({ target }) => {
      focusWatch.again = focusWatch.seen.has(target);
      if (focusWatch.again) return;
      focusWatch.seen.add(target);
      const what = problem(target);
      if (what) focusWatch.lost.push(`${what}: ${target.outerHTML.slice(0, 120)}`);
    });
    return stops.length;
  },
})
