// Paths and words of SVG; drawing.py writes the same.

export const rounded = (x) => Math.floor(10 * x + 0.5) / 10;
export const line = (...points) => `M${points.map(([x, y]) => `${rounded(x)} ${rounded(y)}`).join("L")}`;
export const dots = (...points) => points.map(([x, y]) => `M${rounded(x)} ${rounded(y)}h0`).join("");
export const path = (name, d) => `<path class="cnn-${name}" d="${d}"/>`;
export const svgText = (name, x, y, text) => `<text class="cnn-${name}" x="${rounded(x)}" y="${rounded(y)}">${text}</text>`;
export const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
