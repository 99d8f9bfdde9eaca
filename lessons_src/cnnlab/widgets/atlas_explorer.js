// AtlasExplorer: the atlas of trained networks under a slider. All of it comes with the model.
import { announcer, make, makeSvg, mount, radios, slider, uniqueId } from "./kit.js";
import { SETTING, closest, findCell, measuredAt, nearestPlace, offered } from "./atlas_cells.js";
import { CURVES_BOX, curvesDrawn, widthUnder } from "./atlas_drawing.js";
import { curvesInWords, neuronsInWords, notTrained, sentence, tiles } from "./atlas_words.js";

const settingOf = (model) => Object.fromEntries(SETTING.map((name) => [name, model.get(name)]));

// The chosen width's numbers; where there are none, their places stay.
function numbers() {
  const node = make("dl", { class: "cnn-tiles" });
  let parts;
  function build(rows) {
    parts = rows.map(() => [make("dt"), make("dd", { class: "cnn-number-of" }), make("dd")]);
    node.replaceChildren(...parts.map((cells) => make("div", {}, ...cells)));
  }
  return {
    node,
    show(rows) {
      if (!parts) build(rows);
      parts.forEach((cells, n) => cells.forEach((cell, at) => (cell.textContent = rows[n][at])));
    },
    clear: () => parts?.forEach((cells) => cells.slice(1).forEach((cell) => (cell.textContent = "—"))),
  };
}

function render({ model, el }) {
  const id = uniqueId();
  const cells = model.get("cells");
  const [width, ...choices] = model.get("controls");
  const drawing = makeSvg("svg", { role: "img", viewBox: CURVES_BOX });
  const message = make("p", { class: "cnn-message" });
  const results = numbers();
  const words = announcer();

  function choose(changes) {
    model.set(changes);
    model.save_changes();
    words.textContent = message.textContent;
  }

  // Another set of images may lack what was chosen for the one before.
  const chooseSetting = (name, value) => {
    const setting = { ...settingOf(model), [name]: value };
    choose(findCell(cells, setting) ? { [name]: value } : closest(cells, setting));
  };
  const widths = () => findCell(cells, settingOf(model))?.neurons ?? width.values;
  const neurons = slider(width, `${id}-neurons`, (place) => choose({ neurons: widths()[place] }));
  const buttons = choices.map((control) =>
    radios(control, `${id}-${control.name}`, (at) => chooseSetting(control.name, control.values[at])),
  );

  function update() {
    const setting = settingOf(model);
    const cell = findCell(cells, setting);
    const place = nearestPlace(widths(), model.get("neurons"));
    neurons.offer(widths().map(neuronsInWords));
    neurons.show(place);
    choices.forEach((control, n) => {
      buttons[n].allow(offered(cells, setting, control));
      buttons[n].show(control.values.indexOf(setting[control.name]));
    });
    drawing.innerHTML = curvesDrawn(cells, setting, model.get("neurons"));
    drawing.setAttribute("aria-label", curvesInWords(setting, cell));
    message.textContent = cell ? sentence(setting, measuredAt(cell, place)) : notTrained(setting);
    if (cell) results.show(tiles(setting, measuredAt(cell, place)));
    else results.clear();
  }

  // The curves can be pointed at, too: the width under the pointer is chosen.
  function follow(event) {
    const under = widthUnder(event, drawing, cells, settingOf(model));
    if (under !== null) choose({ neurons: under });
  }
  drawing.addEventListener("pointerdown", follow);
  drawing.addEventListener("pointermove", (event) => event.buttons && follow(event));

  const shown = buttons.filter((_, n) => choices[n].values.length > 1);
  const bar = make("div", { class: "cnn-controls" }, neurons.node, ...shown.map(({ node }) => node));
  const sides = make("div", { class: "cnn-sides" }, make("div", { class: "cnn-drawing" }, drawing), make("div", {}, message, results.node));
  update();
  mount(el, "atlas", "Atlas of trained networks", bar, sides, make("p", { class: "cnn-caption" }, model.get("caption")), words);
  const changes = [...SETTING, "neurons"].map((name) => `change:${name}`).join(" ");
  model.on(changes, update);
  return () => model.off(changes, update);
}

// What the address of a built page keeps (static.js reads and writes it).
const address = {
  write: (model) => Object.fromEntries(model.get("controls").map(({ name }) => [name, String(model.get(name))])),
  read(model, texts) {
    const asked = model.get("controls").map(({ name, values }) => [name, values.find((value) => String(value) === texts[name])]);
    return Object.fromEntries(asked.filter(([, value]) => value !== undefined));
  },
};

export { curvesDrawn, curvesInWords, findCell, measuredAt, nearestPlace, sentence, tiles }; // for tests
export default { render, address };
