// The inputs of HeadCalculator that the kit does not have. Each is {node or nodes, show(value)}.
import { make, numberField } from "./kit.js";

// A number field that says at the field what is wrong with it.
export function notedField(control, id, choose, complain) {
  const note = make("p", { class: "cnn-note", id: `${id}-note` });
  const field = numberField(control, id, choose, (text) => {
    note.textContent = text;
    complain(text);
  });
  field.node.append(note);
  const input = field.node.querySelector("input");
  input.setAttribute("aria-describedby", note.id);
  return {
    node: field.node,
    input,
    show(number) {
      note.textContent = "";
      field.show(number);
    },
  };
}

// A place for each hidden layer; the first free one has the button that adds a layer as wide as `suggest()` says.
export function hiddenLayers(control, id, choose, complain, suggest) {
  let widths = [];
  const numbers = Array.from({ length: control.most }, (_, at) => at);
  const fields = numbers.map((at) => {
    const own = { ...control, name: `${control.name}${at + 1}`, label: `${control.label} ${at + 1}` };
    return notedField(own, `${id}-${at}`, (width) => choose(widths.map((old, n) => (n === at ? width : old))), complain);
  });
  const drops = numbers.map((at) => {
    const name = `Drop hidden layer ${at + 1}`;
    const button = make("button", { type: "button", class: "cnn-drop", "aria-label": name, title: name }, "×");
    button.addEventListener("click", () => {
      choose(widths.filter((_, n) => n !== at));
      (drops[Math.min(at, widths.length - 1)] ?? add).focus(); // the focus is not lost with the layer
    });
    return button;
  });
  const add = make("button", { type: "button", class: "cnn-play cnn-add" }, "Add a layer");
  add.addEventListener("click", () => {
    const { input } = fields[widths.length];
    choose([...widths, suggest()]);
    input.focus();
    input.select();
  });
  const places = fields.map(({ node }, at) => {
    node.append(drops[at]);
    return make("div", { class: "cnn-place" }, node);
  });
  return {
    nodes: places,
    show(chosen) {
      widths = chosen;
      places.forEach((place, at) => {
        fields[at].node.hidden = at >= widths.length;
        if (at < widths.length) fields[at].show(widths[at]);
      });
      places[Math.min(widths.length, control.most - 1)].append(add);
      add.hidden = widths.length === control.most;
    },
  };
}

export function presetButtons(presets, choose) {
  const buttons = presets.map(({ name, settings }) => {
    const button = make("button", { type: "button", class: "cnn-play cnn-preset" }, name);
    button.addEventListener("click", () => choose(settings));
    return button;
  });
  return {
    node: make("div", { class: "cnn-presets", role: "group", "aria-label": "Known heads" }, ...buttons),
    show(chosen) {
      const isIt = ({ settings }) => Object.keys(chosen).every((name) => String(settings[name]) === String(chosen[name]));
      buttons.forEach((button, n) => button.setAttribute("aria-pressed", isIt(presets[n])));
    },
  };
}
