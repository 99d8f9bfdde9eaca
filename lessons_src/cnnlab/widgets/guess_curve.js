// GuessCurve: points to drag into a curve, and a button that shows what was measured beside it.
import { announcer, make, makeSvg, mount } from "./kit.js";
import { BOX, HIGH, WIDE, guessDrawn, placesOf, pointUnder } from "./guess_drawing.js";
import { drawnInWords, guessInWords, written } from "./guess_words.js";

const STATE = ["controls", "values", "numbers", "xlabel", "ylabel", "ylim", "guess", "revealed"];
const STEPS = 100; // from the lower to the upper end
const HOW =
  "Draw across the columns, or drag a point. By keyboard, Tab goes to the next point and the arrow keys move it.";

const stateOf = (model) => Object.fromEntries(STATE.map((name) => [name, model.get(name)]));
const stepOf = ({ ylim: [low, high] }, value) => Math.round(((value - low) / (high - low)) * STEPS);
const valueOf = ({ ylim: [low, high] }, step) => low + (step / STEPS) * (high - low);

// A slider for each point, upright over its column: what the keyboard and a screen reader move.
function sliders({ controls }, choose) {
  const across = placesOf(controls.length);
  const inputs = controls.map(({ text }, n) => {
    const input = make("input", { type: "range", min: 0, max: STEPS, step: 1, "aria-label": text, "aria-orientation": "vertical" });
    input.style.left = `${(100 * across[n]) / WIDE}%`;
    input.addEventListener("input", () => choose(n, Number(input.value)));
    return input;
  });
  return {
    inputs,
    show(state) {
      inputs.forEach((input, n) => {
        input.value = stepOf(state, state.guess[n]);
        input.setAttribute("aria-valuetext", written(state, state.guess[n]));
        input.disabled = state.revealed;
      });
    },
  };
}

// A stroke across the columns: what a quick pointer skips is filled in. `draw(changes)` gets steps by place.
function strokes(svg, count, draw) {
  let last = null;
  function go(event) {
    const [column, share] = pointUnder(event, svg, count);
    const from = last ?? { column, share };
    const changes = new Map();
    const way = Math.abs(column - from.column);
    for (let n = way ? 1 : 0; n <= way; n++) {
      const part = way ? n / way : 1;
      const at = from.column + Math.sign(column - from.column) * n;
      changes.set(at, Math.round(STEPS * (from.share + part * (share - from.share))));
    }
    last = { column, share };
    draw(changes);
  }
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    last = null;
    go(event);
  });
  svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && go(event));
}

function render({ model, el }) {
  const start = stateOf(model);
  const drawing = makeSvg("svg", { role: "img", viewBox: `0 0 ${WIDE} ${HIGH}` });
  const message = make("p", { class: "cnn-message" });
  const button = make("button", { type: "button", class: "cnn-play" });
  const words = announcer();

  function set(changes) {
    model.set(changes);
    model.save_changes();
  }
  const draw = (changes) => {
    const state = stateOf(model);
    if (!state.revealed) set({ guess: state.guess.map((old, n) => (changes.has(n) ? valueOf(state, changes.get(n)) : old)) });
  };
  const points = sliders(start, (n, step) => draw(new Map([[n, step]])));
  strokes(drawing, start.controls.length, draw);
  button.addEventListener("click", () => {
    const state = stateOf(model);
    if (state.revealed) set({ revealed: false, guess: state.guess.map(() => valueOf(state, STEPS / 2)) });
    else set({ revealed: true });
    words.textContent = message.textContent;
  });

  function update() {
    const state = stateOf(model);
    drawing.innerHTML = guessDrawn(state);
    drawing.setAttribute("aria-label", drawnInWords(state));
    points.show(state);
    message.textContent = state.revealed ? guessInWords(state) : HOW;
    button.textContent = state.revealed ? "Start again" : "Show what was measured";
    board.classList.toggle("cnn-revealed", state.revealed);
  }

  const board = make("div", { class: "cnn-board" }, drawing, ...points.inputs);
  board.style.setProperty("--cnn-long", (BOX.bottom - BOX.top) / WIDE);
  board.style.setProperty("--cnn-middle", (BOX.top + BOX.bottom) / 2 / HIGH);
  update();
  mount(el, "guessing", `Guess the curve: ${start.ylabel}`, message, board, button, words);
  model.on("change:guess change:revealed", update);
  return () => model.off("change:guess change:revealed", update);
}

// What the address of a built page keeps (static.js reads and writes it): each point from 0 to 100.
const address = {
  write: (model) => ({ guess: stateOf(model).guess.map((value) => stepOf(stateOf(model), value)).join("-") }),
  read(model, { guess = "" }) {
    const state = stateOf(model);
    const steps = guess.split("-").map((text) => (/^\d{1,3}$/.test(text) ? Number(text) : NaN));
    const isFine = steps.length === state.guess.length && steps.every((step) => step <= STEPS);
    return isFine ? { guess: steps.map((step) => valueOf(state, step)) } : {};
  },
};

export { drawnInWords, guessDrawn, guessInWords }; // for tests
export default { render, address };
