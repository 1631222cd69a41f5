// How long the reference MJML takes for one source, warm: `node mjml_npm.mjs PACKAGE SOURCE ROUNDS` prints milliseconds.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , entry, file, rounds] = process.argv;
const mjml2html = (await import(pathToFileURL(entry).href)).default.default ?? (await import(pathToFileURL(entry).href)).default;
const source = readFileSync(file, "utf8");
const options = { validationLevel: "skip", fonts: {}, minify: false };
const taken = [];
for (let round = 0; round < Number(rounds) + 3; round++) {
  const began = performance.now();
  const { html } = await mjml2html(source, options);
  if (!html.includes("<table")) throw new Error("no HTML");
  if (round >= 3) taken.push(performance.now() - began);
}
process.stdout.write(JSON.stringify(taken) + "\n");
