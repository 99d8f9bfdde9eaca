// What the widgets share. Each widget is one module that carries this file (see base.py).

export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function makeSvg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Several views on a page: their labels and radio groups must not share names. In a notebook each widget
// has a copy of this module of its own, so the count is the page's.
export function uniqueId() {
  globalThis.cnnlabViews = (globalThis.cnnlabViews ?? 0) + 1;
  return `cnn-${globalThis.cnnlabViews}`;
}

export function mount(el, kind, name, ...children) {
  const root = make("div", { class: `cnn-widget cnn-${kind}`, role: "group", "aria-label": name }, ...children);
  // JupyterLab would take the arrow keys for itself and go to the next heading; it asks the element with the focus.
  for (const node of root.querySelectorAll("input, button, [tabindex]")) node.dataset.lmSuppressShortcuts = "true";
  el.replaceChildren(root);
}

// Says what changed; polite, so that a control's own announcement comes first.
export function announcer() {
  return make("p", { class: "cnn-words", "aria-live": "polite" });
}

export function asText(number) {
  return number.toLocaleString("en-US").replace("-", "−");
}

// A number to type or to step. `choose(number)` gets numbers of its range only, `complain(text)` what else is typed.
export function numberField({ name, label, unit, min, max }, id, choose, complain) {
  const input = make("input", { type: "number", id, name, min, max, step: 1, inputmode: "numeric" });
  const isFine = (number) => Number.isInteger(number) && min <= number && number <= max;
  let shown = min;
  const typed = () => (input.value.trim() === "" ? NaN : Number(input.value));
  const within = (number) => Math.min(max, Math.max(min, Math.round(number)));
  input.addEventListener("input", () => {
    input.setAttribute("aria-invalid", !isFine(typed()));
    if (isFine(typed())) choose(typed());
    else complain(`${label}: give a whole number from ${min} to ${max}.`);
  });
  input.addEventListener("change", () => {
    if (!isFine(typed())) choose(Number.isNaN(typed()) ? shown : within(typed()));
  });
  // The arrow keys do the same in the field: the buttons are for thumbs and no stop on the way through by keyboard.
  const stepper = (sign, step, verb) => {
    const attributes = { type: "button", class: "cnn-step", tabindex: -1, "aria-label": `${verb} ${label}` };
    const button = make("button", attributes, sign);
    button.addEventListener("click", () => choose(within(shown + step)));
    return button;
  };
  const less = stepper("−", -1, "Decrease");
  const more = stepper("+", 1, "Increase");
  const caption = make("label", { class: "cnn-label", for: id }, label);
  if (unit) caption.append(make("span", { class: "cnn-unit" }, ` ${unit}`));
  return {
    node: make("div", { class: "cnn-number" }, caption, make("div", { class: "cnn-stepper" }, less, input, more)),
    show(number) {
      shown = number;
      if (typed() !== number) input.value = number;
      input.setAttribute("aria-invalid", !isFine(number));
      less.disabled = number <= min;
      more.disabled = number >= max;
    },
  };
}

// A choice among a control's values is {node, show(position)}; `choose(position)` tells that the reader made it.
// A slider can be offered other texts, one for each of its places.
export function slider(control, id, choose) {
  const input = make("input", { type: "range", id, min: 0, step: 1 });
  const value = make("span", { class: "cnn-value", "aria-hidden": "true" });
  let texts;
  function offer(offered) {
    texts = offered;
    input.max = texts.length - 1;
  }
  offer(control.texts);
  // As wide as its longest text, so that the slider keeps its length.
  value.style.minWidth = `${Math.max(...texts.map((text) => text.length))}ch`;
  input.addEventListener("input", () => choose(Number(input.value)));
  const label = make("label", { class: "cnn-label", for: id }, control.label);
  return {
    node: make("div", { class: "cnn-control" }, label, input, value),
    offer,
    show(position) {
      input.value = position;
      input.setAttribute("aria-valuetext", texts[position]);
      value.textContent = texts[position];
    },
  };
}

// Of radio buttons some may be refused: `allow` takes a yes or no for each.
export function radios(control, id, choose) {
  const inputs = control.values.map((_, position) => {
    const input = make("input", { type: "radio", name: id, value: position });
    input.addEventListener("change", () => choose(position));
    return input;
  });
  const options = inputs.map((input, n) => make("label", { class: "cnn-option" }, input, control.texts[n]));
  const legend = make("legend", { class: "cnn-label" }, control.label);
  return {
    node: make("fieldset", { class: "cnn-control" }, legend, ...options),
    allow: (allowed) => inputs.forEach((input, n) => (input.disabled = !allowed[n])),
    show: (position) => (inputs[position].checked = true),
  };
}

export function checkbox(control, id, choose) {
  const input = make("input", { type: "checkbox", id });
  input.addEventListener("change", () => choose(control.values.indexOf(input.checked)));
  return {
    node: make("div", { class: "cnn-control" }, make("label", { class: "cnn-option" }, input, control.label)),
    show: (position) => (input.checked = control.values[position]),
  };
}

// A button that steps by itself, or, for readers who want no motion, once a press.
export function player(step, isLast, rewind, milliseconds) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const button = make("button", { type: "button", class: "cnn-play" }, calm ? "Next step" : "Play");
  let timer = null;
  function stop() {
    clearInterval(timer);
    timer = null;
    if (!calm) button.textContent = "Play";
  }
  button.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (isLast()) rewind();
    else step();
    if (calm) return;
    button.textContent = "Pause";
    timer = setInterval(() => (isLast() ? stop() : step()), milliseconds);
  });
  return { button, stop, isPlaying: () => timer !== null };
}
