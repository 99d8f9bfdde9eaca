// The head layer by layer as a table; on a narrow page its style sheet lays each row out in two lines.
import { asText, make } from "./kit.js";
import { headTotals, heaviest } from "./head_formulas.js";
import { memory, percent, sizes } from "./head_words.js";

const COLUMNS = ["Layer", "Shape", "Parameters", "Share", "MACs", "Memory"];

// The roles say again what the elements are: browsers forget it where rows are laid out in another way.
function row(texts, { kind = "td", attributes = {} } = {}) {
  const cells = texts.map((text, at) => {
    const isHead = kind === "th" || at === 0;
    const role = kind === "th" ? "columnheader" : at === 0 ? "rowheader" : "cell";
    return make(isHead ? "th" : "td", { role, class: `cnn-${COLUMNS[at].toLowerCase()}` }, text);
  });
  return make("tr", { role: "row", ...attributes }, ...cells);
}

export function headTable() {
  const part = (tag, ...rows) => make(tag, { role: "rowgroup" }, ...rows);
  const [body, foot] = [part("tbody"), part("tfoot")];
  const head = part("thead", row(COLUMNS, { kind: "th" }));
  const name = "What each layer costs; memory of the parameters in float32, MACs for one image";
  const node = make("table", { class: "cnn-table", role: "table", "aria-label": name }, head, body, foot);
  return {
    node,
    show(layers) {
      const whole = headTotals(layers);
      const most = heaviest(layers);
      const costs = ({ params, macs, bytes }) => [asText(params), percent(params, whole.params), asText(macs), memory(bytes)];
      const rows = layers.map((layer) => {
        const shape = `${sizes(layer.input)} → ${asText(layer.output)}`;
        const made = row([layer.name, shape, ...costs(layer)], layer === most ? { attributes: { class: "cnn-most" } } : {});
        made.style.setProperty("--cnn-part", layer.params / whole.params);
        return made;
      });
      body.replaceChildren(...rows);
      foot.replaceChildren(row(["Total", "", ...costs(whole)]));
    },
  };
}
