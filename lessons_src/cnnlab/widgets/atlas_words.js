// What AtlasExplorer says; atlas_still.py writes the same. Accuracies are in hundredths of a percent.
import { asText } from "./kit.js";
import { mean } from "./atlas_cells.js";

const IMAGES = { animals9: "animal", fashion_mnist: "Fashion-MNIST" };
const FITTED = "training set fitted";

export const tenths = (hundredths) => (Math.floor(hundredths / 10 + 0.5) / 10).toFixed(1).replace("-", "−");
export const neuronsInWords = (count) => `${asText(count)} neuron${count === 1 ? "" : "s"}`;
const share = ({ label_noise }) => `${Math.round(100 * label_noise)} %`;
const range = (values) => `${tenths(Math.min(...values))} to ${tenths(Math.max(...values))} %`;

function images(setting) {
  const noise = setting.label_noise ? ` with ${share(setting)} wrong labels` : "";
  return `${asText(setting.train_size)} ${IMAGES[setting.dataset] ?? setting.dataset} images${noise}`;
}

export function sentence(setting, { neurons, test, train }) {
  const [get, its] = neurons === 1 ? ["gets", "its"] : ["get", "their"];
  const wrong = setting.label_noise ? `, of which ${share(setting)} are wrong` : "";
  const right = `${neuronsInWords(neurons)} ${get} ${tenths(mean(test))} % of the test images right`;
  return `${right}, and ${tenths(mean(train))} % of ${its} training labels${wrong}.`;
}

export function notTrained(setting) {
  return `No network was trained on ${images(setting)} and stopped at “${setting.stop}”. Choose another setting.`;
}

// The chosen width's numbers: what it is, the number, and what belongs to it.
export function tiles(setting, { test, train, ...measured }) {
  const count = test.length;
  const fitted = setting.stop === FITTED ? `${measured.fitted} of ${count} fitted` : "on average";
  return [
    ["Test accuracy", `${tenths(mean(test))} %`, range(test)],
    ["Training accuracy", `${tenths(mean(train))} %`, range(train)],
    ["Gap", `${tenths(mean(train) - mean(test))} points`, "training minus test"],
    ["On true labels", `${tenths(measured.train_true)} %`, "of the training images"],
    ["Networks", String(count), `${measured.collapsed || "none"} collapsed`],
    ["Steps", asText(measured.steps), fitted],
    ["Parameters", asText(measured.params), "weights and biases"],
    ["MACs", asText(measured.macs), "for one image"],
    ["Processor time", `${measured.seconds.toFixed(1)} s`, "for these steps"],
  ];
}

// What the curves show.
export function curvesInWords(setting, cell) {
  if (!cell) return notTrained(setting);
  const means = (values) => values.map((of, n) => `${tenths(mean(of))} % with ${asText(cell.neurons[n])}`).join(", ");
  const levels = Object.entries(cell.levels).map(([name, level]) => `${name} ${tenths(level)} %`).join(", ");
  const start = `Accuracy against neurons, ${images(setting)}, stop: ${setting.stop}.`;
  const curves = `Means: test ${means(cell.test)}; training ${means(cell.train)}.`;
  return `${start} ${curves} Test accuracy to compare with: ${levels || "none"}.`;
}
