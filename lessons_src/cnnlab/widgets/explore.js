// Explore: native controls above a frame. All frames come with the model, so it needs no kernel.
// The same file runs in Jupyter, in Colab and, started by static.js, on the built site.

import { announcer, checkbox, make, mount, player, radios, slider, uniqueId } from "./kit.js";

const STEP_MILLISECONDS = 800;

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

function positionsOf(model) {
  const controls = model.get("controls");
  const value = model.get("value");
  return controls.map((control) => positionOf(control, controls.length > 1 ? value[control.name] : value));
}

function valueAt(controls, positions) {
  const values = controls.map((control, n) => control.values[positions[n]]);
  if (controls.length === 1) return values[0];
  return Object.fromEntries(controls.map((control, n) => [control.name, values[n]]));
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
  const id = uniqueId();
  const controls = model.get("controls");
  const pieces = model.get("pieces");
  const order = model.get("order");
  const descriptions = model.get("descriptions");
  const frames = model.get("frames").map((frame) => frame.replace(/<@(\d+)>/g, (_, n) => pieces[n]));
  let positions = [];
  let shown = -1;

  const stage = make("div", { class: "cnn-stage" });
  const words = announcer();

  function choose(which, position) {
    const next = positions.map((old, n) => (n === which ? position : old));
    model.set("value", valueAt(controls, next));
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
    STEP_MILLISECONDS,
  );

  function update() {
    positions = positionsOf(model);
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
  mount(el, "explore", name, bar, stage, words);
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

// What the address of a built page keeps (static.js reads and writes it).
const address = {
  write(model) {
    const positions = positionsOf(model);
    const texts = model.get("controls").map(({ name, values }, n) => [name, String(values[positions[n]])]);
    return Object.fromEntries(texts);
  },
  read(model, texts) {
    const controls = model.get("controls");
    const positions = positionsOf(model).map((old, n) => {
      const asked = controls[n].values.map(String).indexOf(texts[controls[n].name]);
      return asked < 0 ? old : asked;
    });
    return { value: valueAt(controls, positions) };
  },
};

export default { render, address };
