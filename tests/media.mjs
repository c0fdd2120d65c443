// Prints what music-metadata reads in media files, as JSON: node media.mjs MODULES FILE…
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const { parseFile } = await import(pathToFileURL(`${modules}/music-metadata/lib/index.js`));
const read = async (file) => {
  const { common, format, quality } = await parseFile(file, { includeChapters: true });
  const chapters = (format.chapters ?? []).map(({ title, start }) => [title, start]);
  return { artists: common.artists, chapters, lyrics: common.lyrics ?? [], warnings: quality.warnings };
};
process.stdout.write(JSON.stringify(await Promise.all(files.map(read))));
