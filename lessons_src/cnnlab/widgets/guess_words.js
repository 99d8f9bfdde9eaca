// What GuessCurve says; guess_still.py writes the same.

export function roundedTo(value, decimals) {
  const whole = 10 ** decimals;
  return (Math.floor(value * whole + 0.5) / whole).toFixed(decimals).replace("-", "−");
}

export function written({ numbers: { scale, decimals, unit } }, value) {
  return roundedTo(value * scale, decimals) + unit;
}

// How far off the guess is.
export function guessInWords(state) {
  const { guess, values, controls, numbers } = state;
  const apart = guess.map((value, n) => Math.abs(value - values[n][0]));
  const worst = apart.indexOf(Math.max(...apart));
  const mean = apart.reduce((sum, distance) => sum + distance, 0) / apart.length;
  const average = roundedTo(mean * numbers.scale, numbers.decimals_apart) + numbers.unit_apart;
  const [drew, measured] = [guess[worst], values[worst][0]].map((value) => written(state, value));
  const farthest = `It is farthest away at ${controls[worst].text}: you drew ${drew}, measured was ${measured}.`;
  return `On average your curve is ${average} away from what was measured. ${farthest}`;
}

// What is drawn: what was measured only when it is shown.
export function drawnInWords(state) {
  const all = (values) => values.map((value, n) => `${written(state, value)} at ${state.controls[n].text}`).join(", ");
  const guess = `Your guess of ${state.ylabel}: ${all(state.guess)}.`;
  return state.revealed ? `${guess} Measured: ${all(state.values.map(([mean]) => mean))}.` : guess;
}
