// HeadCalculator: from a feature map to classes, with what every layer costs, at every key.
import { announcer, checkbox, make, makeSvg, mount, radios, uniqueId } from "./kit.js";
import { halfOf, headLayers, headTotals, isWithin } from "./head_formulas.js";
import { drawingInWords, headInWords, memory, percent } from "./head_words.js";
import { DRAWING_BOX, headDrawing } from "./head_drawing.js";
import { headTable } from "./head_table.js";
import { hiddenLayers, notedField, presetButtons } from "./head_inputs.js";

function settingsOf(model) {
  return Object.fromEntries(model.get("controls").map(({ name }) => [name, model.get(name)]));
}

// The drawing, what it comes to in a sentence, and the table.
function headResults(caption) {
  const drawing = makeSvg("svg", { role: "img", viewBox: DRAWING_BOX });
  const figure = make("div", { class: "cnn-drawing" }, drawing, make("p", { class: "cnn-caption" }, caption));
  const message = make("p", { class: "cnn-message" });
  const table = headTable();
  const mark = (isStale) => [figure, message, table.node].forEach((node) => node.classList.toggle("cnn-stale", isStale));
  return {
    figure,
    message,
    rows: make("div", { class: "cnn-rows" }, table.node),
    show(layers) {
      drawing.innerHTML = headDrawing(layers);
      drawing.setAttribute("aria-label", drawingInWords(layers));
      const [params, rest] = headInWords(layers);
      message.replaceChildren(make("strong", {}, params), ` ${rest}`);
      table.show(layers);
      mark(false);
    },
    keep(text) {
      message.textContent = `${text} Until then the last head that could be counted is shown.`;
      mark(true);
    },
  };
}

function render({ model, el }) {
  const id = uniqueId();
  const controls = model.get("controls");
  let layers;
  let shown = ""; // the settings, as a text

  // Kept is the last head that could be counted.
  function complain(text) {
    shown = "";
    results.keep(text);
    words.textContent = text;
  }

  function choose(changes) {
    model.set(changes);
    model.save_changes();
    update(); // there may be nothing new, but a complaint has to go
    words.textContent = headInWords(layers).join(" ");
  }

  function update() {
    const settings = settingsOf(model);
    const beyond = controls.find((control) => !isWithin(control, settings[control.name]));
    if (beyond) return complain(`${beyond.label} is out of its range.`); // a linked slider may go too far
    if (JSON.stringify(settings) === shown) return; // a preset changes many at once
    shown = JSON.stringify(settings);
    layers = headLayers(settings);
    controls.forEach(({ name }, n) => inputs[n].show(settings[name]));
    presets.show(settings);
    results.show(layers);
  }

  const kinds = {
    number: (control, name, change) => notedField(control, name, change, complain),
    radio: (control, name, change) => choice(radios(control, name, (at) => change(control.values[at])), control),
    checkbox: (control, name, change) => choice(checkbox(control, name, (at) => change(control.values[at])), control),
    widths: (control, name, change) => hiddenLayers(control, name, change, complain, () => halfOf(layers.at(-2).output, control)),
  };
  const choice = ({ node, show }, { values }) => ({ node, show: (value) => show(values.indexOf(value)) });
  const inputs = controls.map((control) =>
    kinds[control.kind ?? "number"](control, `${id}-${control.name}`, (value) => choose({ [control.name]: value })),
  );
  const presets = presetButtons(model.get("presets"), choose);
  const results = headResults(model.get("caption"));
  const words = announcer();

  const fields = make("div", { class: "cnn-numbers" }, ...inputs.flatMap(({ node, nodes }) => nodes ?? [node]));
  const sides = make("div", { class: "cnn-sides" }, make("div", {}, fields, results.message), results.figure);
  update();
  mount(el, "head", "Cost of a head", presets.node, sides, results.rows, words);
  const changes = controls.map(({ name }) => `change:${name}`).join(" ");
  model.on(changes, update);
  return () => model.off(changes, update);
}

// What the address of a built page keeps (static.js reads and writes it): hidden=1024-512, or hidden=none.
const NONE = "none";

function fromText(control, text) {
  if (control.values) return control.values.find((value) => String(value) === text);
  if (control.most) return text === NONE ? [] : text.split("-").map((part) => fromText({}, part));
  return /^\d{1,5}$/.test(text) ? Number(text) : NaN;
}

const address = {
  write(model) {
    const written = (value) => (Array.isArray(value) ? value.join("-") || NONE : String(value));
    return Object.fromEntries(Object.entries(settingsOf(model)).map(([name, value]) => [name, written(value)]));
  },
  read(model, texts) {
    const asked = model.get("controls").filter(({ name }) => Object.hasOwn(texts, name));
    const values = asked.map((control) => [control, fromText(control, texts[control.name])]);
    return Object.fromEntries(values.filter(([control, value]) => isWithin(control, value)).map(([{ name }, v]) => [name, v]));
  },
};

export { drawingInWords, headDrawing, headInWords, headLayers, headTotals, memory, percent }; // for tests
export default { render, address };
