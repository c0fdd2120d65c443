// Prints the results of npm packages for some files, as JSON: node clients.cjs feed|captions FILE…
const { readFileSync } = require("node:fs");
const { parseFeed } = require("podcast-partytime");
const { WebVTTParser } = require("webvtt-parser");

const read = {
  feed: (text) => parseFeed(text),
  captions: (text) => new WebVTTParser().parse(text).errors,
};
const [what, ...files] = process.argv.slice(2);
process.stdout.write(JSON.stringify(files.map((file) => read[what](readFileSync(file, "utf-8")))));
