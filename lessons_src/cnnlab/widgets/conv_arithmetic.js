// ConvArithmetic: the numbers of a convolution, and its window stepping over a grid.
import { announcer, make, mount, numberField, player, uniqueId } from "./kit.js";
import { layer, outOfRange, problem } from "./conv_formulas.js";
import { grids } from "./conv_grid.js";
import { ROWS, floorNote, lookedAt, partShown } from "./conv_words.js";

const STEP_MILLISECONDS = 250;

function settingsOf(model) {
  return Object.fromEntries(model.get("controls").map(({ name }) => [name, model.get(name)]));
}

function results(rows) {
  const values = rows.map(() => make("dd"));
  const entries = rows.map(([what, formula], n) =>
    make("div", {}, make("dt", {}, what, make("span", { class: "cnn-unit" }, formula)), values[n]),
  );
  return {
    node: make("dl", { class: "cnn-results" }, ...entries),
    show(settings, computed) {
      rows.forEach(([, , write], n) => {
        const parts = computed ? write(settings, computed) : ["—"];
        values[n].replaceChildren(...parts.flatMap((part) => [make("span", {}, part), " "]));
      });
    },
  };
}

function legend() {
  const entries = { image: "input", padding: "padding", taps: "looked at now", unseen: "never looked at" };
  const keys = Object.entries(entries).map(([name, text]) => make("span", { class: `cnn-key cnn-key-${name}` }, text));
  return make("p", { class: "cnn-legend", "aria-hidden": "true" }, ...keys);
}

// The pictures with their captions; the output is also where the arrow keys go.
function stage(id) {
  const drawn = grids(id);
  const board = make("div", { class: "cnn-board", role: "application", tabindex: 0 }, drawn.output);
  const inputCaption = make("p", { class: "cnn-title" });
  const outputCaption = make("p", { class: "cnn-title" });
  const halves = [make("div", {}, inputCaption, drawn.input), make("div", {}, outputCaption, board)];
  // Gives what is drawn of a large input, in words.
  function show(settings, computed, cell) {
    const { size } = settings;
    const whole = drawn.show(settings, computed, cell);
    inputCaption.textContent = `Input ${size} × ${size}`;
    outputCaption.textContent = cell ? `Output ${computed.output} × ${computed.output}` : "No output";
    const window = cell ? `. ${lookedAt(settings, cell)}` : "";
    drawn.input.setAttribute("aria-label", inputCaption.textContent + window);
    drawn.output.setAttribute("aria-label", outputCaption.textContent);
    board.setAttribute("aria-label", `${outputCaption.textContent}. The arrow keys move the window.`);
    return whole;
  }
  return { node: make("div", { class: "cnn-grids" }, ...halves), board, show, cellAt: drawn.cellAt };
}

const PAGE = 10; // outputs that PageUp and PageDown pass over

function moved({ key, ctrlKey }, { row, column }, count) {
  const last = count - 1;
  const moves = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [ctrlKey ? 0 : row, 0],
    End: [ctrlKey ? last : row, last],
    PageUp: [row - PAGE, column],
    PageDown: [row + PAGE, column],
  };
  if (!moves[key]) return null;
  const [r, c] = moves[key].map((n) => Math.max(0, Math.min(last, n)));
  return { row: r, column: c };
}

// The output is chosen by the arrow keys and by the pointer; `where()` is null while there is none.
function steer({ board, cellAt }, { where, isPlaying, go }) {
  board.addEventListener("keydown", (event) => {
    const now = event.altKey || event.metaKey ? null : where();
    const next = now && moved(event, now.cell, now.count);
    if (!next) return;
    event.preventDefault();
    go(next, true);
  });
  const follow = (event) => {
    const now = where();
    const under = now && cellAt(event, now.count);
    if (under) go(under, false);
  };
  board.addEventListener("pointerdown", follow);
  board.addEventListener("pointermove", (event) => isPlaying() || follow(event));
}

function render({ model, el }) {
  const id = uniqueId();
  const controls = model.get("controls");
  let cell = { row: 0, column: 0 };
  let settings, computed, wrong;

  const fields = controls.map((control, n) =>
    numberField(control, `${id}-${n}`, (value) => choose(control.name, value), complain),
  );
  const outputSize = results(ROWS.slice(0, 1));
  const costs = results(ROWS.slice(1));
  const message = make("p", { class: "cnn-message" });
  const pictures = stage(id);
  const caption = make("p", { class: "cnn-caption" });
  const words = announcer();
  const isLast = () => wrong !== "" || (cell.row === computed.output - 1 && cell.column === computed.output - 1);
  const play = player(forward, isLast, () => point({ row: 0, column: 0 }), STEP_MILLISECONDS);

  function choose(name, value) {
    play.stop();
    if (model.get(name) === value) update(); // nothing new, but a complaint has to go
    model.set(name, value);
    model.save_changes();
    words.textContent = wrong || `Output ${computed.output} × ${computed.output}. ${message.textContent}`;
  }

  function complain(text) {
    play.stop();
    wrong = text;
    paint();
    words.textContent = wrong;
  }

  function update() {
    const asked = settingsOf(model);
    controls.forEach(({ name }, n) => fields[n].show(asked[name]));
    wrong = problem(asked, controls);
    if (settings && outOfRange(asked, controls)) return paint(); // a linked slider may go too far
    settings = asked;
    computed = layer(settings);
    const inside = (n) => Math.min(n, computed.output - 1);
    if (!wrong) cell = { row: inside(cell.row), column: inside(cell.column) };
    paint();
  }

  function paint() {
    for (const table of [outputSize, costs]) table.show(settings, wrong ? null : computed);
    message.textContent = wrong || floorNote(settings, computed);
    message.classList.toggle("cnn-wrong", wrong !== "");
    play.button.disabled = wrong !== "";
    point(cell);
  }

  function point(next) {
    cell = next;
    const drawn = wrong
      ? pictures.show(settings, { ...computed, fits: false, output: 0 }, null)
      : pictures.show(settings, computed, cell);
    caption.textContent = [wrong ? "" : lookedAt(settings, cell), partShown(settings, drawn)].join(" ");
  }

  function forward() {
    const { row, column } = cell;
    point(column + 1 < computed.output ? { row, column: column + 1 } : { row: row + 1, column: 0 });
  }

  steer(pictures, {
    where: () => (wrong ? null : { cell, count: computed.output }),
    isPlaying: play.isPlaying,
    go(next, byKeyboard) {
      play.stop();
      point(next);
      if (byKeyboard) words.textContent = lookedAt(settings, cell);
    },
  });

  const inputs = make("div", { class: "cnn-numbers" }, ...fields.map(({ node }) => node));
  const below = make("div", { class: "cnn-below" }, legend(), play.button);
  const picture = [pictures.node, below, caption];
  mount(el, "arithmetic", "Convolution arithmetic", inputs, outputSize.node, message, ...picture, costs.node, words);
  update();
  const changes = controls.map(({ name }) => `change:${name}`).join(" ");
  model.on(changes, update);
  return () => {
    play.stop();
    model.off(changes, update);
  };
}

// What the address of a built page keeps (static.js reads and writes it).
const address = {
  write: (model) => Object.fromEntries(Object.entries(settingsOf(model)).map(([name, value]) => [name, String(value)])),
  read(model, texts) {
    const fine = model.get("controls").filter(({ name, min, max }) => {
      return /^\d{1,4}$/.test(texts[name]) && min <= Number(texts[name]) && Number(texts[name]) <= max;
    });
    return Object.fromEntries(fine.map(({ name }) => [name, Number(texts[name])]));
  },
};

export { layer, problem }; // for tests
export default { render, address };
