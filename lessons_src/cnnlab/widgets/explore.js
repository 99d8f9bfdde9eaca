// Explore: native controls above a frame. All frames come with the model, so it needs no kernel.
// The same file runs in Jupyter, in Colab and, started by static.js, on the built site.

const STEP_MILLISECONDS = 800;
let views = 0; // several views on a page: their radio groups and labels must not share names

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Each control is {node, show(position)}; `choose(position)` tells that the reader moved it.
function slider(control, id, choose) {
  const input = make("input", { type: "range", id, min: 0, max: control.values.length - 1, step: 1 });
  const value = make("span", { class: "cnn-value", "aria-hidden": "true" });
  // As wide as its longest text, so that the slider keeps its length.
  value.style.minWidth = `${Math.max(...control.texts.map((text) => text.length))}ch`;
  input.addEventListener("input", () => choose(Number(input.value)));
  const label = make("label", { class: "cnn-label", for: id }, control.label);
  return {
    node: make("div", { class: "cnn-control" }, label, input, value),
    show(position) {
      input.value = position;
      input.setAttribute("aria-valuetext", control.texts[position]);
      value.textContent = control.texts[position];
    },
  };
}

function radios(control, id, choose) {
  const inputs = control.values.map((_, position) => {
    const input = make("input", { type: "radio", name: id, value: position });
    input.addEventListener("change", () => choose(position));
    return input;
  });
  const options = inputs.map((input, n) => make("label", { class: "cnn-option" }, input, control.texts[n]));
  const legend = make("legend", { class: "cnn-label" }, control.label);
  return {
    node: make("fieldset", { class: "cnn-control" }, legend, ...options),
    show: (position) => (inputs[position].checked = true),
  };
}

function checkbox(control, id, choose) {
  const input = make("input", { type: "checkbox", id });
  input.addEventListener("change", () => choose(control.values.indexOf(input.checked)));
  return {
    node: make("div", { class: "cnn-control" }, make("label", { class: "cnn-option" }, input, control.label)),
    show: (position) => (input.checked = control.values[position]),
  };
}

const KINDS = { range: slider, radio: radios, checkbox };

function positionOf(control, value) {
  const exact = control.values.indexOf(value);
  if (exact >= 0) return exact;
  if (control.kind !== "range" || !Number.isFinite(value)) {
    throw new Error(`explore: ${control.name} cannot be ${value}; its values are ${control.values}`);
  }
  // A linked slider may stand between two values.
  const distances = control.values.map((other) => Math.abs(other - value));
  return distances.indexOf(Math.min(...distances));
}

function player(step, isLast, rewind) {
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
    timer = setInterval(() => (isLast() ? stop() : step()), STEP_MILLISECONDS);
  });
  return { button, stop, isPlaying: () => timer !== null };
}

// Frames of HTML differ in height: room for the tallest keeps the page below in its place.
function reserveRoom(stage, frames) {
  const probe = make("div", { class: "cnn-stage cnn-probe", inert: "" });
  probe.style.width = `${stage.clientWidth}px`;
  stage.after(probe);
  let tallest = 0;
  for (const html of frames) {
    probe.innerHTML = html;
    tallest = Math.max(tallest, probe.offsetHeight);
  }
  probe.remove();
  stage.style.minHeight = `${tallest}px`;
}

function render({ model, el }) {
  const id = `cnn-explore-${++views}`;
  const controls = model.get("controls");
  const pieces = model.get("pieces");
  const order = model.get("order");
  const descriptions = model.get("descriptions");
  const frames = model.get("frames").map((frame) => frame.replace(/<@(\d+)>/g, (_, n) => pieces[n]));
  let positions = [];
  let shown = -1;

  const stage = make("div", { class: "cnn-stage" });
  // Says the new frame in words; polite, so that the slider's own announcement comes first.
  const words = make("p", { class: "cnn-words", "aria-live": "polite" });

  function choose(which, position) {
    const next = positions.map((old, n) => (n === which ? position : old));
    const values = next.map((p, n) => controls[n].values[p]);
    model.set("value", controls.length > 1 ? Object.fromEntries(values.map((v, n) => [controls[n].name, v])) : values[0]);
    model.save_changes();
  }

  const parts = controls.map((control, n) =>
    KINDS[control.kind](control, `${id}-${n}`, (position) => {
      play.stop();
      choose(n, position);
    }),
  );
  const play = player(
    () => choose(0, positions[0] + 1),
    () => positions[0] === controls[0].values.length - 1,
    () => choose(0, 0),
  );

  function update() {
    const value = model.get("value");
    positions = controls.map((control) => positionOf(control, controls.length > 1 ? value[control.name] : value));
    parts.forEach((part, n) => part.show(positions[n]));
    const number = order[positions.reduce((sum, position, n) => sum * controls[n].values.length + position, 0)];
    if (number === shown) return;
    stage.innerHTML = frames[number];
    if (shown >= 0 && !play.isPlaying()) words.textContent = descriptions[number];
    shown = number;
  }

  const bar = make("div", { class: "cnn-controls" }, ...parts.map((part) => part.node));
  if (model.get("play")) bar.append(play.button);
  const name = controls.map((control) => control.label).join(", ");
  el.replaceChildren(make("div", { class: "cnn-explore", role: "group", "aria-label": name }, bar, stage, words));
  update();
  model.on("change:value", update);

  let width = 0;
  const resized = new ResizeObserver(() => {
    if (stage.clientWidth === width) return;
    width = stage.clientWidth;
    if (stage.firstElementChild?.tagName !== "svg") reserveRoom(stage, frames);
    // What can be scrolled sideways has to be reached by keyboard.
    stage.toggleAttribute("tabindex", false);
    if (stage.scrollWidth > stage.clientWidth) stage.setAttribute("tabindex", 0);
  });
  resized.observe(stage);

  return () => {
    play.stop();
    resized.disconnect();
    model.off("change:value", update);
  };
}

export default { render };
