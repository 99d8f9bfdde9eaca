// A head to scale: the map as a box, every vector as a bar, every layer's parameters as a square between two bars.
// head_still.py draws the same for readers without JavaScript; a browser test holds both against each other.
import { line, path, svgText } from "./drawing.js";
import { asText } from "./kit.js";
import { headTotals, heaviest } from "./head_formulas.js";
import { percent, sizes } from "./head_words.js";

const HIGH = 480;
export const DRAWING_BOX = `0 0 376 ${HIGH + 4}`; // the last words reach below their bar
const MIDDLE = 104; // of the bars
const BESIDE = 218; // where the words begin
const DOUBLING = 8.5; // twice as many values: an edge or a bar is longer by this
const LEAST = 3; // a single value is seen, too
const ROOM = 94; // for the largest box
const UNROLLED = 40; // from the box to its vector
const BAR = 12;
const MOST_BETWEEN = 110; // from one bar to the next
const SQUARE = 44; // the side of the square of all parameters together
const [ASIDE, UP] = [0.92, 0.39]; // the direction of a box's depth
const MESH = 5; // lines from each bar, for all its connections

const long = (n) => Math.max(LEAST, DOUBLING * Math.log2(n));
const rectangle = (x, y, w, h) => `${line([x, y], [x + w, y], [x + w, y + h], [x, y + h])}z`;
const words = (name, y, text) => svgText(name, BESIDE, y + 4, text);
const counted = (n, [one, more]) => `<tspan class="cnn-count">${asText(n)}</tspan> ${n === 1 ? one : more}`;

// The box's lower left and lower right corner are where it is unrolled from.
function box(floor, size) {
  const [h, w, d] = size.map(long);
  const [dx, dy] = [d * ASIDE, d * UP];
  const left = MIDDLE - (w + dx) / 2;
  const [right, top] = [left + w, floor - h];
  const faces =
    path("front", rectangle(left, top, w, h)) +
    path("face", `${line([left, top], [left + dx, top - dy], [right + dx, top - dy], [right, top])}z`) +
    path("face", `${line([right, top], [right + dx, top - dy], [right + dx, floor - dy], [right, floor])}z`);
  const text = words("bar-words", floor - (h + dy) / 2, `<tspan class="cnn-count">${sizes(size)}</tspan>`);
  return { drawn: faces + text, corners: [[left, floor], [right + dx, floor - dy]] };
}

// The vector of a flattened map shows the three edges of its box, end to end.
function bar(y, n, edges) {
  const left = MIDDLE - long(n) / 2;
  if (n === 1) return path("bar", rectangle(left, y, LEAST, BAR));
  let at = left;
  const parts = edges.filter((edge) => edge > 1).map((edge) => {
    const part = rectangle(at, y, long(edge) - 1, BAR);
    at += long(edge);
    return part;
  });
  return path("bar", parts.join(""));
}

// All values above are connected to all below; the square's area is this layer's share of the parameters.
function link(top, bottom, { name, input: [n], output: m, params }, whole, isMost) {
  const [above, below] = [n, m].map((count) => long(count) / 2);
  const [y, kind] = [(top + bottom) / 2, isMost ? " cnn-most" : ""];
  const fan = `${line([MIDDLE - above, top], [MIDDLE + above, top], [MIDDLE + below, bottom], [MIDDLE - below, bottom])}z`;
  const ends = Array.from({ length: MESH }, (_, at) => (2 * at) / (MESH - 1) - 1);
  const mesh = ends.flatMap((from) => ends.map((to) => line([MIDDLE + from * above, top], [MIDDLE + to * below, bottom])));
  const side = Math.max(2, SQUARE * Math.sqrt(params / whole));
  const square = rectangle(MIDDLE - side / 2, y - side / 2, side, side);
  return (
    path(`fan${kind}`, fan) +
    path("mesh", mesh.join("")) +
    path(`weights${kind}`, square) +
    words(`link-words${kind}`, y - 8, `${name}: ${asText(params)}`) +
    words(`link-words${kind}`, y + 8, `${percent(params, whole)} of all`)
  );
}

// The drawing's inside, as SVG.
export function headDrawing(layers) {
  const [{ name, input, output }, ...connected] = layers;
  const links = connected.length;
  const fixed = ROOM + UNROLLED + BAR * (links + 1);
  const between = Math.min(MOST_BETWEEN, (HIGH - fixed) / links);
  const floor = (HIGH - fixed - between * links) / 2 + ROOM;
  const tops = layers.map((_, at) => floor + UNROLLED + at * (BAR + between));
  const map = box(floor, input);
  const [left, right] = [-1, 1].map((side) => [MIDDLE + (side * long(output)) / 2, tops[0]]);
  const whole = headTotals(layers).params;
  const most = heaviest(layers);
  const units = (at) => (at === 0 ? ["value", "values"] : at === links ? ["class", "classes"] : ["neuron", "neurons"]);
  return [
    path("unrolled", line(map.corners[0], left) + line(map.corners[1], right)),
    words("link-words", floor + UNROLLED / 2, `${name}: 0 parameters`),
    ...connected.map((layer, at) => link(tops[at] + BAR, tops[at + 1], layer, whole, layer === most)),
    map.drawn,
    ...layers.map((layer, at) => bar(tops[at], layer.output, at || name === "GAP" ? [layer.output] : input)),
    ...layers.map((layer, at) => words("bar-words", tops[at] + BAR / 2, counted(layer.output, units(at)))),
  ].join("");
}
