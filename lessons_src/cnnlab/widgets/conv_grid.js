// The two grids of ConvArithmetic: the padded input with the window on it, and the output that it fills.
// Only lines, rectangles and the window's pixels are drawn, so that 30 pixels or 500 take the same time.
import { makeSvg } from "./kit.js";
import { unseenAlongAxis } from "./conv_formulas.js";

const WHOLE = 32; // an input up to this size is drawn whole
const LEAST = 8; // a tiny grid does not get giant pixels
const EDGE = 0.3; // room for outlines, in pixels of the grid

const square = (x, y, width = 1, height = 1) => `M${x} ${y}h${width}v${height}h${-width}z`;
const lines = (count) =>
  Array.from({ length: Math.max(0, count - 1) }, (_, n) => `M${n + 1} 0V${count}M0 ${n + 1}H${count}`).join("");

// The part of an axis that is shown moves only when what has to be seen leaves it.
function follow(from, first, last, shown, total) {
  const centred = first < from || last >= from + shown ? Math.floor((first + last + 1 - shown) / 2) : from;
  return Math.max(0, Math.min(centred, total - shown));
}

function drawing(label, names) {
  const paths = Object.fromEntries(names.map((name) => [name, makeSvg("path", { class: `cnn-${name}` })]));
  const node = makeSvg("svg", { role: "img", "aria-label": label }, ...Object.values(paths));
  return { node, paths };
}

export function grids(id) {
  const input = drawing("Input", ["padding", "image", "lines", "unseen", "outline", "taps", "window"]);
  const output = drawing("Output", ["lines", "done", "outline", "cell"]);
  const slanted = { patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  const hatch = makeSvg("pattern", { id: `${id}-hatch`, ...slanted });
  const stroke = makeSvg("path", { class: "cnn-hatch" });
  hatch.append(stroke);
  input.node.prepend(makeSvg("defs", {}, hatch));
  input.paths.unseen.setAttribute("fill", `url(#${id}-hatch)`);

  let at = { row: 0, column: 0, outputRow: 0, outputColumn: 0 }; // where the shown parts begin
  let cells = LEAST; // along each drawing

  // `cell` is the output chosen, {row, column}, or null where nothing fits.
  function show(settings, { fits, span, padded, output: count = 0 }, cell) {
    const { size, padding: P, stride, kernel_size, dilation } = settings;
    const shown = size <= WHOLE ? padded : Math.min(padded, Math.max(WHOLE, span));
    const shownOutput = size <= WHOLE ? count : Math.min(count, WHOLE);
    const { row, column } = cell ?? { row: 0, column: 0 };
    const last = (n) => (fits ? n * stride + span - 1 : 0);
    at = {
      row: follow(at.row, row * stride, last(row), shown, padded),
      column: follow(at.column, column * stride, last(column), shown, padded),
      outputRow: follow(at.outputRow, row, row, shownOutput, count),
      outputColumn: follow(at.outputColumn, column, column, shownOutput, count),
    };
    cells = Math.max(LEAST, shown, shownOutput);
    const wide = cells + 2 * EDGE;
    for (const { node } of [input, output]) node.setAttribute("viewBox", `${-EDGE} ${-EDGE} ${wide} ${wide}`);
    const step = cells / 56;
    hatch.setAttribute("width", step);
    hatch.setAttribute("height", step);
    stroke.setAttribute("d", `M0 0V${step}`);

    const set = (paths, texts) => Object.entries(texts).forEach(([name, d]) => paths[name].setAttribute("d", d));
    const clip = (from, begin) => Math.max(0, Math.min(shown, from - begin));
    const [left, right] = [clip(P, at.column), clip(P + size, at.column)];
    const [top, bottom] = [clip(P, at.row), clip(P + size, at.row)];
    const image = square(left, top, right - left, bottom - top);
    const unseen = fits ? unseenAlongAxis(settings, count) : [];
    const visible = (begin) => unseen.map((n) => n - begin).filter((n) => 0 <= n && n < shown);
    const taps = Array.from({ length: cell ? kernel_size : 0 }, (_, k) => k * dilation);
    const [y, x] = [row * stride - at.row, column * stride - at.column];
    set(input.paths, {
      padding: P ? square(0, 0, shown, shown) : "",
      image,
      outline: image,
      lines: lines(shown),
      unseen: [
        ...visible(at.row).map((n) => square(0, n, shown, 1)),
        ...visible(at.column).map((n) => square(n, 0, 1, shown)),
      ].join(""),
      taps: taps.flatMap((down) => taps.map((across) => square(x + across, y + down))).join(""),
      window: cell ? square(x, y, span, span) : "",
    });
    const [r, c] = [row - at.outputRow, column - at.outputColumn];
    set(output.paths, {
      lines: lines(shownOutput),
      outline: count ? square(0, 0, shownOutput, shownOutput) : "",
      done: cell ? square(0, 0, shownOutput, r) + square(0, r, c, 1) : "",
      cell: cell ? square(c, r) : "",
    });
    return { shown, at };
  }

  // Which output is under the pointer, or null.
  function cellAt(event, count) {
    const box = output.node.getBoundingClientRect();
    const scale = (cells + 2 * EDGE) / box.width;
    const row = Math.floor((event.clientY - box.top) * scale - EDGE) + at.outputRow;
    const column = Math.floor((event.clientX - box.left) * scale - EDGE) + at.outputColumn;
    return Math.min(row, column) >= 0 && Math.max(row, column) < count ? { row, column } : null;
  }

  return { input: input.node, output: output.node, show, cellAt };
}
