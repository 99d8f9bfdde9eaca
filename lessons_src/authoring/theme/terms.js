// Escape folds a term's definition away, as it must for readers to whom it hides something; it unfolds again
// when the pointer or the keyboard comes back.
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:is(:hover, :focus-within)")) {
    term.classList.add("dismissed");
    for (const leaving of ["pointerleave", "focusout"]) {
      term.addEventListener(leaving, () => term.classList.remove("dismissed"), { once: true });
    }
  }
});
